import { signedFor } from '../../signing.ts';
import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a signature whose end was moved without signing again is refused',
  source: documented('service-bus-sas', 'Generate a Shared Access Signature token'),
  notOn: { emulator: 'it checks no keys' },
  entities: { queues: { orders: {} } },
  async run(bus) {
    const signed = signedFor(bus, bus.nameOf('orders'), Date.now() + 600_000);
    const client = bus.newClient({ connectionString: signed.replace(/&se=(\d+)/, (_whole, end: string) => `&se=${Number(end) + 600}`) });
    await expect(client.createSender(bus.nameOf('orders')).sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'UnauthorizedAccess' });
  },
};
