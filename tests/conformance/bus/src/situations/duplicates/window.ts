import { shortWindow } from '../../harness/platform.ts';
import { documented, type Situation } from '../../situation.ts';
import { bodies, sleep } from '../../steps.ts';

export const situation: Situation = {
  promise: 'an id is forgotten when its window is over',
  source: documented('duplicate-detection', 'Duplicate detection window size'),
  entities: { queues: { orders: { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: shortWindow.duration } } },
  async run(bus) {
    const sender = bus.sender('orders');
    await sender.sendMessages({ body: 'before', messageId: 'm' });
    await sender.sendMessages({ body: 'dropped', messageId: 'm' });
    await sleep(shortWindow.ms * 1.5);
    await sender.sendMessages({ body: 'after', messageId: 'm' });
    expect(bodies(await bus.peek('orders'))).toEqual(['before', 'after']);
  },
};
