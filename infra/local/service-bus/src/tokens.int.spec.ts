import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { ServiceBusClient } from '@azure/service-bus';
import rhea, { type Connection, type EventContext, type Message, type Receiver } from 'rhea';
import { startTestBus, type TestBus, topologyOf } from './testing/bus.ts';

const KEY = 'secret';
let test: TestBus;

beforeAll(async () => {
  test = await startTestBus(topologyOf([{ Name: 'orders' }]), { accessKeys: { owner: KEY } });
});
afterAll(() => test[Symbol.asyncDispose]());

function signature(endsAt: number): string {
  const resource = encodeURIComponent('sb://localhost/');
  const signed = createHmac('sha256', KEY).update(`${resource}\n${endsAt}`).digest('base64');
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signed)}&se=${endsAt}&skn=owner`;
}

const jwt = (endsAt: number): string => ['{"alg":"none"}', JSON.stringify({ exp: endsAt }), ''].map((part) => Buffer.from(part).toString('base64url')).join('.');
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

/** A client that puts tokens by itself, as the SDK does with a credential. */
async function connected(): Promise<{ connection: Connection; put(token: string): Promise<unknown> }> {
  const connection = rhea.create_container().connect({ port: test.bus.port, host: 'localhost', reconnect: false });
  // rhea would print it.
  connection.on('disconnected', () => undefined);
  const answers = connection.open_receiver({ source: '$cbs', name: 'answers' } as never);
  const requests = connection.open_sender('$cbs');
  await once(requests, 'sendable');
  return {
    connection,
    put: async (token) => {
      const answered = once(answers, 'message') as Promise<[EventContext]>;
      requests.send({ message_id: '1', reply_to: 'answers', application_properties: { operation: 'put-token', name: 'sb://localhost/orders', type: 'jwt' }, body: token } as Message);
      return (await answered)[0].message?.application_properties?.['status-code'];
    },
  };
}

async function endOf(receiver: Receiver): Promise<{ condition: string | undefined; at: number }> {
  await once(receiver, 'receiver_close');
  return { condition: (receiver.error as { condition?: string } | undefined)?.condition, at: Date.now() };
}

describe('a token that ends', () => {
  it('takes the links of its entity with it, and the client says that it is not authorized', async () => {
    // given
    const endsAt = inSeconds(2);
    const client = new ServiceBusClient(`Endpoint=sb://localhost:${test.bus.port};SharedAccessSignature=${signature(endsAt)};UseDevelopmentEmulator=true;`, { retryOptions: { maxRetries: 0 } });
    const sender = client.createSender('orders');
    await sender.sendMessages({ body: 'in time' });
    const codes: unknown[] = [];

    // when
    const refused = new Promise<void>((resolve) => {
      client.createReceiver('orders').subscribe({
        processMessage: () => Promise.resolve(),
        processError: ({ error }) => {
          codes.push((error as { code?: string }).code);
          if (codes.includes('UnauthorizedAccess')) resolve();
          return Promise.resolve();
        },
      });
    });
    await refused;

    // then
    expect(Date.now()).toBeGreaterThanOrEqual(endsAt * 1000);
    await expect(sender.sendMessages({ body: 'too late' })).rejects.toMatchObject({ code: 'UnauthorizedAccess' });
    await client.close();
  }, 30_000);

  it('is a JWT too: its links are detached when it ends, and not before', async () => {
    const { connection, put } = await connected();
    const endsAt = inSeconds(2);
    expect(await put(jwt(endsAt))).toBe(202);
    const ended = await endOf(connection.open_receiver('orders'));
    expect(ended.condition).toBe('amqp:unauthorized-access');
    expect(ended.at).toBeGreaterThanOrEqual(endsAt * 1000);
    connection.close();
  }, 30_000);

  it('is renewed by another one', async () => {
    const { connection, put } = await connected();
    expect(await put(jwt(inSeconds(2)))).toBe(202);
    const end = endOf(connection.open_receiver('orders'));
    const renewedUntil = inSeconds(4);
    expect(await put(jwt(renewedUntil))).toBe(202);
    expect((await end).at).toBeGreaterThanOrEqual(renewedUntil * 1000);
    connection.close();
  }, 30_000);

  it('is refused when it has ended before', async () => {
    const { connection, put } = await connected();
    expect(await put(jwt(inSeconds(-5)))).toBe(401);
    connection.close();
  });
});
