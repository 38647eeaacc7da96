import { shortLock } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { receive, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'the next owner of a session goes on with the first message that was not settled, in order',
  source: documented('message-sessions', 'Session features'),
  entities: { queues: { orders: { requiresSession: true, lockDuration: shortLock.duration } } },
  async run(bus) {
    await bus.sender('orders').sendMessages(['a', 'b', 'c', 'd'].map((body) => ({ body, sessionId: 's' })));
    const first = await bus.acceptSession('orders', 's');
    const [a] = await receive(first, 3);
    if (a) await first.completeMessage(a);
    await sleep(shortLock.ms + 500);
    const second = await bus.acceptSession('orders', 's');
    expect((await receive(second, 3)).map(({ body, deliveryCount }) => [body as unknown, deliveryCount])).toEqual([['b', 1], ['c', 1], ['d', 0]]);
  },
};
