import { clientTests, type Situation } from '../../situation.ts';
import { eventually, messagesOf } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a subscribed handler that returns has completed its message',
  source: clientTests('streamingReceiver: autoComplete'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('a', 'b', 'c'));
    const handled: unknown[] = [];
    const errors: Error[] = [];
    bus.receiver('orders').subscribe({
      processMessage: ({ body }) => { handled.push(body); return Promise.resolve(); },
      processError: ({ error }) => { errors.push(error); return Promise.resolve(); },
    });
    await eventually(async () => { expect(await bus.peek('orders')).toEqual([]); });
    expect(handled).toEqual(['a', 'b', 'c']);
    expect(errors).toEqual([]);
  },
};
