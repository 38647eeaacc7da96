import { signedFor } from '../../signing.ts';
import { documented, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'a shared access signature opens the entity it was signed for and no other, not even one whose name begins alike',
  source: documented('service-bus-sas', 'Generate a Shared Access Signature token'),
  notOn: { emulator: 'it checks no keys' },
  entities: { queues: { orders: {}, 'orders-2': {} } },
  async run(bus) {
    const client = bus.newClient({ connectionString: signedFor(bus, bus.nameOf('orders'), Date.now() + 600_000) });
    await client.createSender(bus.nameOf('orders')).sendMessages({ body: 1 });
    await expect(client.createSender(bus.nameOf('orders-2')).sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'UnauthorizedAccess' });
    expect((await bus.peek('orders')).length).toBe(1);
    expect(await bus.peek('orders-2')).toEqual([]);
  },
};
