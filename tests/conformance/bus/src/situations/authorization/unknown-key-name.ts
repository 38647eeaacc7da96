import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a key name that nobody knows is refused with UnauthorizedAccess',
  source: documented('service-bus-sas', 'Shared Access Signature authentication'),
  notOn: { emulator: 'it checks no keys' },
  entities: { queues: { orders: {} } },
  async run(bus) {
    const stranger = bus.newClient({ connectionString: bus.connectionString.replace(/SharedAccessKeyName=[^;]*/, 'SharedAccessKeyName=nobody') });
    await expect(stranger.createSender(bus.nameOf('orders')).sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'UnauthorizedAccess' });
  },
};
