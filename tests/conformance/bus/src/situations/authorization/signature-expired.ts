import { signedFor } from '../../signing.ts';
import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a shared access signature whose time is over is refused',
  source: documented('service-bus-sas', 'Generate a Shared Access Signature token'),
  notOn: { emulator: 'it checks no keys' },
  entities: { queues: { orders: {} } },
  async run(bus) {
    const client = bus.newClient({ connectionString: signedFor(bus, bus.nameOf('orders'), Date.now() - 600_000) });
    await expect(client.createSender(bus.nameOf('orders')).sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'UnauthorizedAccess' });
  },
};
