import { setTimeout as sleep } from 'node:timers/promises';
import { ann, queue, replayOf, TestDesk } from '../testing/desk.ts';

describe('the index of dead letters', () => {
  let desk: TestDesk;
  beforeEach(async () => { desk = await TestDesk.start(); });
  afterEach(() => desk[Symbol.asyncDispose]());

  it('finds one group for each cause, with what is inside, and takes nothing from the queue', async () => {
    await desk.deadLetter(3);
    await desk.deadLetter(2, { reason: 'body-invalid', tenant: 'other' });

    const found = await desk.parts.index.findNew(Infinity);

    expect([found, await desk.parts.index.findNew(Infinity)]).toEqual([5, 0]);
    const groups = await desk.parts.groups.groups({ scope: 'all-tenants' });
    expect(groups.map(({ tenantId, waiting, facts, values, stores }) => [tenantId, waiting, facts.reason, facts.dependency, values, stores])).toEqual([
      ['acme', 3, 'stock-row-missing', 'inventory/work', [{ currency: 'GBP', minor: 300 }], [{ storeId: 's1', waiting: 3 }]],
      ['other', 2, 'body-invalid', 'inventory/work', [{ currency: 'GBP', minor: 200 }], [{ storeId: 's1', waiting: 2 }]],
    ]);
    expect((await desk.parts.groups.groups({ scope: { tenantId: 'other' } })).map(({ tenantId }) => tenantId)).toEqual(['other']);
    expect(await desk.parts.queues.peek(queue, 0n, 50)).toHaveLength(5);
    expect((await desk.parts.entries.letters('all-tenants', { text: 'sale-1' }, 10)).map(({ bodyText }) => bodyText)).toEqual([
      expect.stringMatching(/sale-1.*"token":"\*\*\*"/), expect.stringMatching(/sale-1.*"token":"\*\*\*"/),
    ]);
  });

  it('tells whoever is on call of a cause that appears, and of one that grows', async () => {
    await desk.deadLetter(3);
    await desk.parts.index.findNew(Infinity);
    await desk.deadLetter(2, { first: 3 });
    await desk.parts.index.findNew(Infinity);
    await desk.parts.index.findNew(Infinity);

    const told = await desk.client.createReceiver('operations', 'desk').receiveMessages(10, { maxWaitTimeInMs: 2_000 });

    expect(told.map(({ body }) => body as unknown)).toEqual([[3, 3], [2, 5]].map(([found, waiting]) => expect.objectContaining({
      topic: 'stock', subscription: 'inventory', reason: 'stock-row-missing', dependency: 'inventory/work', tenant: 'acme', found, waiting, stores: ['s1'],
      values: [{ currency: 'GBP', minor: (waiting ?? 0) * 100 }],
    }) as unknown));
  });

  it('knows dead letters that the bus made, each by its own reason, with what the service stamped before', async () => {
    const sender = desk.client.createSender('stock');
    const message = { messageId: 'm', subject: 'inventory.commit-stock.v1', body: {}, applicationProperties: { tenant: 'acme', replayFor: 'inventory' } };
    await sender.sendMessages({ ...message, messageId: 'without-session' });
    await sender.sendMessages({ ...message, messageId: 'late', sessionId: 'late', timeToLive: 300 });
    await sender.sendMessages({ ...message, messageId: 'defect', sessionId: 'p1' });
    const receiver = await desk.client.acceptSession('stock', 'inventory', 'p1');
    for (let delivery = 0; delivery < 10; delivery += 1) {
      for (const received of await receiver.receiveMessages(1, { maxWaitTimeInMs: 2_000 })) {
        await receiver.abandonMessage(received, { 'failure-class': 'TypeError', 'failure-frame': 'decide (commit-stock.ts)', 'failure-first-at': '2026-03-01T10:00:00.000Z' });
      }
    }
    await receiver.close();
    for (const until = Date.now() + 10_000; (await desk.parts.queues.peek(queue, 0n, 10)).length < 3 && Date.now() < until;) await sleep(100);

    await desk.parts.index.findNew(Infinity);

    const groups = await desk.parts.groups.groups({ scope: 'all-tenants' });
    expect(groups.map(({ facts: { reason, errorClass, frame, step, firstFailedAt } }) => ({ reason, errorClass, frame, step, firstFailedAt })).toSorted((left, right) => (left.reason < right.reason ? -1 : 1))).toEqual([
      { reason: 'MaxDeliveryCountExceeded', errorClass: 'TypeError', frame: 'decide (commit-stock.ts)', step: message.subject, firstFailedAt: new Date('2026-03-01T10:00:00.000Z') },
      { reason: 'Session ID is null.', step: message.subject },
      { reason: 'TTLExpiredException', step: message.subject },
    ]);
  });

  it('finds what lies in a subscription that was made again, under numbers that it had passed, and ends what was in the old one (X332)', async () => {
    await desk.deadLetter(3);
    const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), isRamped: false }, ann);
    await desk.makeTopicAgain();
    await desk.deadLetter(2, { reason: 'body-invalid', first: 10 });

    expect(await desk.parts.index.findNew(Infinity)).toBe(0);
    expect(await desk.parts.index.compare(Infinity)).toEqual({ gone: 3, unknown: 2 });
    const [group, ...others] = await desk.parts.groups.groups({ scope: 'all-tenants' });
    expect([group?.facts.reason, group?.waiting, others]).toEqual(['body-invalid', 2, []]);
    await desk.parts.direct.start(plan.planId, ann);
    await desk.parts.run.run(plan, Date.now() + 20_000);
    // Under the numbers of the plan lie other messages now: none of them is sent.
    expect(await desk.parts.plans.counts(plan.planId)).toEqual({ gone: 3 });
    expect(await desk.parts.index.compare(Infinity)).toEqual({ gone: 0, unknown: 0 });
    expect((await desk.parts.queues.peek(queue, 0n, 10)).map(({ messageId }) => messageId)).toEqual(['body-invalid-10', 'body-invalid-11']);
  });

  it('counts each dead letter once when two processes walk a queue at the same time', async () => {
    await desk.deadLetter(40);

    const found = await Promise.all([desk.parts.index.findNew(Infinity), desk.another().index.findNew(Infinity)]);

    expect(found.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect((await desk.parts.groups.groups({ scope: 'all-tenants' })).map(({ waiting }) => waiting)).toEqual([40]);
  });
});
