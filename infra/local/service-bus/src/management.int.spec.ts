import rhea, { type Message } from 'rhea';
import { startTestBus, type TestBus, topologyOf } from './testing/bus.ts';

/** Operations that `@azure/service-bus` 7.9.5 does not offer and other clients use; sent through rhea as those send them. */
let test: TestBus;
beforeAll(async () => {
  test = await startTestBus(topologyOf([{ Name: 'plain' }, { Name: 'grouped', Properties: { RequiresSession: true } }]));
});
afterAll(() => test[Symbol.asyncDispose]());

function request(entity: string, operation: string, body: Readonly<Record<string, unknown>>): Promise<Message> {
  return new Promise((resolve, reject) => {
    const connection = rhea.create_container().connect({ host: 'localhost', port: test.bus.port, username: 'any', reconnect: false });
    const address = `${entity}/$management`;
    connection.on('message', ({ message }) => {
      connection.close();
      if (message) resolve(message);
    });
    connection.on('disconnected', () => reject(new Error('The connection was lost.')));
    connection.open_receiver(address);
    const sender = connection.open_sender(address);
    sender.once('sendable', () => sender.send({ message_id: '1', reply_to: 'r', application_properties: { operation: `com.microsoft:${operation}` }, body }));
  });
}

it('deletes many messages in one request, the oldest first', async () => {
  await test.client.createSender('plain').sendMessages([1, 2, 3].map((body) => ({ body })));
  const until = rhea.types.wrap_timestamp(Date.now() + 1000);
  const answer = await request('plain', 'batch-delete-messages', { 'message-count': rhea.types.wrap_int(2), 'enqueued-time-utc': until });
  expect(answer).toMatchObject({ application_properties: { statusCode: 200 }, body: { 'message-count': 2 } });
  expect((await test.client.createReceiver('plain').peekMessages(5)).map(({ body }) => body as unknown)).toEqual([3]);
});

it('lists the sessions that have messages', async () => {
  await test.client.createSender('grouped').sendMessages(['a', 'b', 'c'].map((sessionId) => ({ body: 1, sessionId })));
  const answer = await request('grouped', 'get-message-sessions', { skip: rhea.types.wrap_int(1), top: rhea.types.wrap_int(5) });
  expect(answer).toMatchObject({ application_properties: { statusCode: 200 }, body: { skip: 3, 'sessions-ids': ['b', 'c'] } });
});

it('says that it does not know an operation', async () => {
  expect((await request('plain', 'dance', {})).application_properties).toMatchObject({ statusCode: 501, errorCondition: 'amqp:not-implemented' });
});
