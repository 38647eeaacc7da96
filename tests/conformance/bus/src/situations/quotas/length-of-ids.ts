import { documented, type Situation } from '../../situation.ts';
import { receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'message ids, session ids and partition keys have 128 characters at most',
  source: documented('service-bus-quotas', 'Message session ID length; message ID length'),
  entities: { queues: { orders: { requiresSession: true }, plain: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    const [allowed, tooLong] = ['x'.repeat(128), 'x'.repeat(129)];
    await sender.sendMessages({ body: 1, messageId: allowed, sessionId: allowed });
    await expect(sender.sendMessages({ body: 1, messageId: tooLong, sessionId: 's' })).rejects.toThrow(/128/);
    await expect(sender.sendMessages({ body: 1, sessionId: tooLong })).rejects.toThrow(/128/);
    await expect(bus.sender('plain').sendMessages({ body: 1, partitionKey: tooLong })).rejects.toThrow(/128/);
    expect(await receiveOne(await bus.acceptSession('orders', allowed))).toMatchObject({ messageId: allowed });
  },
};
