import { setTimeout as sleep } from 'node:timers/promises';
import { ann, bea, commitStock, type Death, queue, replayOf, TestDesk } from '../testing/desk.ts';
import { RunPlan } from './run-plan.ts';
import { WorkPlans } from './work-plans.ts';

describe('a replay', () => {
  let desk: TestDesk;
  beforeEach(async () => { desk = await TestDesk.start(); });
  afterEach(() => desk[Symbol.asyncDispose]());

  it('replays to the subscription that failed only, with everything kept but the id', async () => {
    await desk.deadLetter(8);
    const plan = await desk.parts.make.make(replayOf(await desk.signature()), ann);

    await desk.parts.direct.start(plan.planId, ann);
    const [handled] = await Promise.all([desk.handle(8), desk.parts.run.run(plan, Date.now() + 20_000)]);

    expect(handled.map(({ messageId }) => messageId)).toEqual(Array.from({ length: 8 }, (_, n) => `stock-row-missing-${n}~r1`));
    expect(handled[3]).toMatchObject({
      subject: 'inventory.commit-stock.v1', sessionId: 'p1', body: { saleId: 'sale-3', token: 'tok_secret' },
      applicationProperties: { odd: 3, tenant: 'acme', traceparent: '00-1-1-01', replayFor: 'inventory', replayOf: 'stock-row-missing-3' },
    });
    expect(Object.keys(handled[3]?.applicationProperties ?? {}).filter((name) => name.startsWith('failure-'))).toEqual([]);
    expect(await desk.parts.plans.find('all-tenants', plan.planId)).toMatchObject({ state: 'done' });
    expect(await desk.parts.plans.counts(plan.planId)).toEqual({ applied: 8 });
    expect(await desk.parts.queues.peek(queue, 0n, 50)).toEqual([]);
    const audit = await desk.client.createReceiver('stock', 'audit').peekMessages(50);
    expect(audit).toHaveLength(8);
    expect(audit.filter(({ applicationProperties }) => applicationProperties?.['replayOf'] !== undefined)).toEqual([]);
    expect(await desk.parts.groups.groups({ scope: 'all-tenants' })).toEqual([]);
  });

  it('stops after the first message when the cause is still there', async () => {
    await desk.deadLetter(20);
    const plan = await desk.parts.make.make(replayOf(await desk.signature()), ann);

    await desk.parts.direct.start(plan.planId, ann);
    const [handled] = await Promise.all([desk.handle(1, 'dead-letter'), desk.parts.run.run(plan, Date.now() + 20_000)]);

    expect(handled).toHaveLength(1);
    expect(await desk.parts.plans.find('all-tenants', plan.planId)).toMatchObject({ state: 'stopped', because: expect.stringContaining('failed again') as string });
    expect(await desk.parts.plans.counts(plan.planId)).toEqual({ 'failed-again': 1, planned: 19 });
  });

  it('keeps the messages of one sale in order, each after the one before has had its effect', async () => {
    await desk.deadLetter(4, { saleOf: (n) => (n % 2 === 0 ? 'sale-even' : 'sale-odd') });
    const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), isRamped: false }, ann);

    await desk.parts.direct.start(plan.planId, ann);
    const running = desk.parts.run.run(plan, Date.now() + 20_000);
    await sleep(600);
    const before = await desk.parts.plans.counts(plan.planId);
    await Promise.all([desk.handle(4), running]);

    expect(before).toEqual({ sent: 2, planned: 2 });
    expect(await desk.parts.plans.counts(plan.planId)).toEqual({ applied: 4 });
  });

  it('OP12 sends mended bodies under ids of their own once a second person has agreed, keeps the originals, and leaves those where they are that the rule does not fit', async () => {
    await desk.deadLetter(3, { saleOf: (n) => commitStock(n).saleId, bodyOf: (n) => ({ ...commitStock(n, n === 1 ? 'right' : 'wrong'), saleId: commitStock(n).saleId }) });
    const rule = [{ op: 'test' as const, path: '/lines/0/sku', value: 'wrong' }, { op: 'replace' as const, path: '/lines/0/sku', value: 'TEA-01' }];
    const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), rule, isRamped: false }, ann);
    await expect(desk.parts.direct.start(plan.planId, ann)).rejects.toMatchObject({ code: 'approval-needed' });
    await desk.parts.direct.approve(plan.planId, bea);

    await desk.parts.direct.start(plan.planId, ann);
    const [handled] = await Promise.all([desk.handle(2), desk.parts.run.run(plan, Date.now() + 20_000)]);

    expect(handled.map(({ messageId, body }) => [messageId, body as unknown])).toEqual([['stock-row-missing-0~r1', commitStock(0)], ['stock-row-missing-2~r1', commitStock(2)]]);
    expect(await desk.parts.plans.counts(plan.planId)).toEqual({ applied: 2, unfit: 1 });
    expect((await desk.parts.entries.letters('all-tenants', { topic: 'stock' }, 10)).map(({ messageId }) => messageId)).toEqual(['stock-row-missing-1']);
    // It is locked for a moment yet; a plan without the rule can have it afterwards.
    expect((await desk.parts.queues.peek(queue, 0n, 10)).map(({ messageId }) => messageId)).toEqual(['stock-row-missing-1']);
    const [item] = await desk.parts.plans.items(plan.planId, ['applied'], 1);
    await expect(desk.parts.restore.restore({ ...queue, sequenceNumber: item?.sequenceNumber ?? 0n }, 'the edit was wrong', ann)).rejects.toMatchObject({ code: 'not-archived' });
  });

  it('gets to a message behind thousands that its rule does not fit', async () => {
    const last = 2_100;
    await desk.deadLetter(last + 1, { saleOf: (n) => commitStock(n).saleId, bodyOf: (n) => commitStock(n, n === 0 || n === last ? 'wrong' : 'right') });
    const rule = [{ op: 'test' as const, path: '/lines/0/sku', value: 'wrong' }, { op: 'replace' as const, path: '/lines/0/sku', value: 'TEA-01' }];
    const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), rule, isRamped: false, maxPerSecond: 5_000 }, ann);
    await desk.parts.direct.approve(plan.planId, bea);

    await desk.parts.direct.start(plan.planId, ann);
    await Promise.all([desk.handle(2), desk.parts.run.run(plan, Date.now() + 60_000)]);

    expect(await desk.parts.plans.counts(plan.planId)).toEqual({ applied: 2, unfit: last - 1 });
  }, 120_000);

  it('OP11 goes no faster than it may, and stands still while it is paused', async () => {
    await desk.deadLetter(60);
    const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), isRamped: false, maxPerSecond: 10 }, ann);
    const handling = desk.handle(60);
    await desk.parts.direct.start(plan.planId, ann);

    const running = desk.parts.run.run(plan, Date.now() + 60_000);
    await sleep(300);
    await desk.parts.direct.pause(plan.planId, ann);
    await running;
    const { planned: left = 0 } = await desk.parts.plans.counts(plan.planId);
    await desk.parts.run.run(plan, Date.now() + 5_000);
    const { planned: paused = 0 } = await desk.parts.plans.counts(plan.planId);
    await desk.parts.direct.start(plan.planId, ann);
    const resumedAt = performance.now();
    await Promise.all([handling, desk.parts.run.run(plan, Date.now() + 60_000)]);

    expect(left).toBeGreaterThan(0);
    expect(paused).toBe(left);
    expect(performance.now() - resumedAt).toBeGreaterThan((paused / 10 - 1) * 1_000);
    expect(await desk.parts.plans.counts(plan.planId)).toEqual({ applied: 60 });
  }, 90_000);

  it.each([true, false])('is stopped when nobody handles it, however short each of its runs is (ramped: %s)', async (isRamped) => {
    // given
    await desk.deadLetter(4);
    const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), isRamped }, ann);
    await desk.parts.direct.start(plan.planId, ann);
    const run = new RunPlan({ ...desk.parts, now: () => new Date(), pause: (ms) => sleep(ms), limits: { pollMs: 50, outcomeMs: 1_500 } });

    // when
    for (let calls = 0; calls < 20; calls += 1) await run.run(plan, Date.now() + 300);

    // then
    expect(await desk.parts.plans.find('all-tenants', plan.planId)).toMatchObject({ state: 'stopped', because: expect.stringContaining('no outcome') as string });
  });

  it('does not keep others from running while it only waits', async () => {
    // given: nobody handles the first
    await desk.deadLetter(2);
    const idle = await desk.parts.make.make(replayOf(await desk.signature()), ann);
    await desk.parts.direct.start(idle.planId, ann);
    await desk.deadLetter(1, { reason: 'an-old-till' });
    await desk.parts.index.findNew(Infinity);
    const other = (await desk.parts.groups.groups({ scope: 'all-tenants' })).find(({ facts }) => facts.reason === 'an-old-till');
    const discard = await desk.parts.make.make({ kind: 'discard', selection: { signature: other?.signature ?? '' }, reason: 'no till of ours sends this' }, ann);
    await desk.parts.direct.start(discard.planId, ann);
    const run = new RunPlan({ ...desk.parts, now: () => new Date(), pause: (ms) => sleep(ms), limits: { pollMs: 50, turnMs: 500 } });

    // when
    await new WorkPlans(desk.parts.plans, run, 'ann').work(Date.now() + 5_000);

    // then
    const states = await Promise.all([idle, discard].map(async ({ planId }) => (await desk.parts.plans.find('all-tenants', planId))?.state));
    expect(states).toEqual(['running', 'done']);
  });

  it('tells what somebody else has taken from under the plan', async () => {
    await desk.deadLetter(3);
    const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), isRamped: false }, ann);
    const other = desk.client.createReceiver('stock', 'inventory', { subQueueType: 'deadLetter' });
    const [first] = await other.receiveMessages(1);
    if (first) await other.completeMessage(first);
    await other.close();

    await desk.parts.direct.start(plan.planId, ann);
    await Promise.all([desk.handle(2), desk.parts.run.run(plan, Date.now() + 20_000)]);

    expect(await desk.parts.plans.counts(plan.planId)).toEqual({ gone: 1, applied: 2 });
  });

  it('knows an outcome that was told before it could write that the replay was sent', async () => {
    await desk.deadLetter(1);
    const plan = await desk.parts.make.make(replayOf(await desk.signature()), ann);
    await desk.parts.direct.start(plan.planId, ann);
    const quick = desk.another();
    const send = quick.queues.send.bind(quick.queues);
    quick.queues.send = async (...args) => {
      await send(...args);
      await desk.handle(1);
    };

    await quick.run.run(plan, Date.now() + 20_000);

    expect(await desk.parts.plans.counts(plan.planId)).toEqual({ applied: 1 });
  });

  it.each<Death>(['after marking', 'after sending', 'after removing'])('has each effect once when it is killed %s', async (where) => {
    await desk.deadLetter(10);
    const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), isRamped: false }, ann);
    await desk.parts.direct.start(plan.planId, ann);
    const dying = desk.another(where);

    await expect(dying.run.run(plan, Date.now() + 10_000)).rejects.toThrow('killed');
    const [handled] = await Promise.all([desk.handle(10), desk.parts.run.run(plan, Date.now() + 25_000)]);

    // Sent twice at worst under one id: duplicate detection or the inbox takes the second for what it is.
    expect(new Set(handled.map(({ messageId }) => messageId)).size).toBe(10);
    expect(await desk.parts.plans.counts(plan.planId)).toEqual({ applied: 10 });
    expect(await desk.parts.queues.peek(queue, 0n, 50)).toEqual([]);
  });
});
