import type { Prediction } from './ports.ts';
import { ann, commitStock, replayOf, TestDesk } from '../testing/desk.ts';

describe('a dry run', () => {
  it('tells what the service would do with each message now, with the money in it, and changes nothing', async () => {
    const verdicts: readonly Prediction['verdict'][] = ['would-apply', 'no-op', 'conflict', 'would-apply'];
    await using desk = await TestDesk.start({
      predict: (_, messages) => Promise.resolve(messages.map(({ messageId }, index) => ({ messageId, verdict: verdicts[index] ?? 'needs-decision' }))),
    });
    await desk.deadLetter(5);
    const plan = await desk.parts.make.make(replayOf(await desk.signature()), ann);

    const report = await desk.parts.dryRun.run(plan.planId, ann);

    expect(report).toEqual({
      counts: { 'would-apply': 2, 'no-op': 1, conflict: 1, 'needs-decision': 1 },
      values: [
        { verdict: 'conflict', currency: 'GBP', minor: 100 }, { verdict: 'needs-decision', currency: 'GBP', minor: 100 },
        { verdict: 'no-op', currency: 'GBP', minor: 100 }, { verdict: 'would-apply', currency: 'GBP', minor: 200 },
      ],
    });
    expect(await desk.parts.queues.peek({ topic: 'stock', subscription: 'inventory' }, 0n, 10)).toHaveLength(5);
    expect((await desk.parts.plans.items(plan.planId, ['planned'], 10)).map(({ prediction }) => prediction)).toEqual(['would-apply', 'no-op', 'conflict', 'would-apply', 'needs-decision']);
  });

  it('shows how a rule changes messages, without card tokens, and which ones it does not fit', async () => {
    await using desk = await TestDesk.start({ predict: (_, messages) => Promise.resolve(messages.map(({ messageId }) => ({ messageId, verdict: 'would-apply' }))) });
    await desk.deadLetter(3, { bodyOf: (n) => (n === 2 ? { ...commitStock(n), cardToken: 'tok_secret' } : commitStock(n)) });
    const rule = [{ op: 'replace' as const, path: '/lines/0/sku', value: 'TEA-02' }];
    const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), rule }, ann);

    const { counts, edits } = await desk.parts.dryRun.run(plan.planId, ann);

    expect(counts).toEqual({ 'would-apply': 2, unfit: 1 });
    expect(edits?.map(({ before, after }) => [before, after])).toEqual([[commitStock(0), commitStock(0, 'TEA-02')], [commitStock(1), commitStock(1, 'TEA-02')]]);
  });

  it('keeps what was predicted before its token ended, and goes on under another one (X340)', async () => {
    let isEnded = true;
    let asked = 0;
    await using desk = await TestDesk.start({
      predict: (_, messages) => {
        asked += 1;
        return isEnded && asked > 1 ? Promise.reject(new Error('inventory answered 401')) : Promise.resolve(messages.map(({ messageId }) => ({ messageId, verdict: 'would-apply' })));
      },
    });
    await desk.deadLetter(120);
    const plan = await desk.parts.make.make(replayOf(await desk.signature()), ann);

    await expect(desk.parts.dryRun.run(plan.planId, ann)).rejects.toMatchObject({ code: 'service-silent', detail: 'inventory answered 401' });
    const before = (await desk.parts.plans.items(plan.planId, ['planned'], 200)).filter(({ prediction }) => prediction !== undefined);
    isEnded = false;

    expect(before).toHaveLength(100);
    expect((await desk.parts.dryRun.run(plan.planId, ann)).counts).toEqual({ 'would-apply': 120 });
  });

  it('says so when the service cannot be asked', async () => {
    await using desk = await TestDesk.start();
    await desk.deadLetter(1);
    const plan = await desk.parts.make.make(replayOf(await desk.signature()), ann);

    await expect(desk.parts.dryRun.run(plan.planId, ann)).rejects.toMatchObject({ code: 'service-silent', detail: 'nobody to ask' });
  });
});
