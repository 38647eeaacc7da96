import { shortLock } from '../../harness/platform.ts';
import { clientTests, type Situation } from '../../situation.ts';
import { eventually, receiveOne } from '../../steps.ts';

export const situation: Situation = {
  promise: 'a handler subscribed to a session is told by SessionLockLost when its lock ends, and gets nothing more',
  source: clientTests('streamingReceiverSessions: session lock lost'),
  entities: { queues: { orders: { requiresSession: true, lockDuration: shortLock.duration } } },
  async run(bus) {
    const sender = bus.sender('orders');
    await sender.sendMessages({ body: 'first', sessionId: 's' });
    const session = await bus.acceptSession('orders', 's');
    const handled: unknown[] = [];
    const codes: unknown[] = [];
    session.subscribe({
      processMessage: ({ body }) => { handled.push(body); return Promise.resolve(); },
      processError: ({ error }) => { codes.push('code' in error ? error.code : error); return Promise.resolve(); },
    });
    await eventually(() => { expect(codes).toContain('SessionLockLost'); });
    await sender.sendMessages({ body: 'second', sessionId: 's' });
    expect((await receiveOne(await bus.acceptSession('orders', 's'))).body).toBe('second');
    expect(handled).toEqual(['first']);
  },
};
