import { ann, queue, replayOf, TestDesk } from '../testing/desk.ts';

describe('discarding and restoring', () => {
  let desk: TestDesk;
  beforeEach(async () => { desk = await TestDesk.start(); });
  afterEach(() => desk[Symbol.asyncDispose]());

  it('OP13 discards into an archive, and restores from it once', async () => {
    await desk.deadLetter(2);
    const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), kind: 'discard', reason: 'test data' }, ann);
    await desk.parts.direct.start(plan.planId, ann);
    await desk.parts.run.run(plan, Date.now() + 10_000);
    const items = await desk.parts.plans.items(plan.planId, ['discarded'], 10);
    const place = { ...queue, sequenceNumber: items[0]?.sequenceNumber ?? 0n };

    await desk.parts.restore.restore(place, 'was needed after all', ann);

    expect(items).toHaveLength(2);
    expect((await desk.handle(1)).map(({ messageId }) => messageId)).toEqual(['stock-row-missing-0~r1']);
    await expect(desk.parts.restore.restore(place, 'again', ann)).rejects.toMatchObject({ code: 'already-restored' });
  });
});
