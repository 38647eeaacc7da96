import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a client with a wrong key is refused with UnauthorizedAccess, whatever it asks for',
  source: documented('service-bus-sas', 'Shared Access Signature authentication'),
  notOn: { emulator: 'it checks no keys' },
  entities: { queues: { orders: {} } },
  async run(bus) {
    const stranger = bus.newClient({ connectionString: bus.connectionString.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=guessed') });
    const refused = { code: 'UnauthorizedAccess' };
    await expect(stranger.createSender(bus.nameOf('orders')).sendMessages({ body: 1 })).rejects.toMatchObject(refused);
    await expect(stranger.createReceiver(bus.nameOf('orders')).receiveMessages(1)).rejects.toMatchObject(refused);
    await expect(stranger.createReceiver(bus.nameOf('orders')).peekMessages(1)).rejects.toMatchObject(refused);
    expect(await bus.peek('orders')).toEqual([]);
  },
};
