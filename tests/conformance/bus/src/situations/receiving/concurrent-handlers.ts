import { clientTests, type Situation } from '../../situation.ts';
import { eventually, messagesOf, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'no more handlers run at a time than were asked for',
  source: clientTests('streamingReceiver: maxConcurrentCalls'),
  entities: { queues: { orders: {} } },
  async run(bus) {
    await bus.sender('orders').sendMessages(messagesOf('1', '2', '3', '4', '5', '6'));
    let running = 0;
    let most = 0;
    let done = 0;
    bus.receiver('orders').subscribe({
      processMessage: async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(30);
        running -= 1;
        done += 1;
      },
      processError: () => Promise.resolve(),
    }, { maxConcurrentCalls: 2 });
    await eventually(() => { expect(done).toBe(6); });
    expect(most).toBe(2);
  },
};
