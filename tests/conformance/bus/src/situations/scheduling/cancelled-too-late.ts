import { clientTests, type Situation } from '../../situation.ts';

export const situation: Situation = {
  promise: 'what is not scheduled cannot be cancelled: MessageNotFound',
  source: clientTests('sendSchedule: cancel a message that does not exist'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const sender = bus.sender('orders');
    const [number] = await sender.scheduleMessages({ body: 1 }, new Date(Date.now() + 60_000));
    if (!number) throw new Error('One was scheduled.');
    await sender.cancelScheduledMessages(number);
    await expect(sender.cancelScheduledMessages(number)).rejects.toMatchObject({ code: 'MessageNotFound' });
  },
};
