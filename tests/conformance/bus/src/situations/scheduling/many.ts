import { clientTests, type Situation } from '../../situation.ts';
import { messagesOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'messages scheduled together get a number each, in their order',
  source: clientTests('sendSchedule: schedule several messages'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    const numbers = await bus.sender('orders').scheduleMessages(messagesOf('a', 'b', 'c'), new Date(Date.now() + 60_000));
    expect(new Set(numbers.map(String)).size).toBe(3);
    const peeked = await bus.peek('orders');
    expect(peeked.map(({ body, sequenceNumber }) => [body as unknown, String(sequenceNumber)])).toEqual(['a', 'b', 'c'].map((body, index) => [body, String(numbers[index])]));
  },
};
