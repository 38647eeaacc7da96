import { ann, commitStock, replayOf, TestDesk } from '../testing/desk.ts';

describe('making a plan', () => {
  let desk: TestDesk;
  beforeEach(async () => { desk = await TestDesk.start(); });
  afterEach(() => desk[Symbol.asyncDispose]());

  it('freezes the set: what fails later is not in it', async () => {
    await desk.deadLetter(2);
    const signature = await desk.signature();

    const plan = await desk.parts.make.make(replayOf(signature), ann);
    await desk.deadLetter(1, { first: 2 });
    await desk.signature();

    expect((await desk.parts.groups.groups({ scope: 'all-tenants' })).map(({ waiting }) => waiting)).toEqual([3]);
    expect(plan).toMatchObject({ count: 2, state: 'draft', topic: 'stock', subscription: 'inventory', values: [{ currency: 'GBP', minor: 200 }] });
    expect((await desk.parts.plans.items(plan.planId, ['planned'], 10)).map(({ messageId, replayId }) => [messageId, replayId])).toEqual([
      ['stock-row-missing-0', 'stock-row-missing-0~r1'], ['stock-row-missing-1', 'stock-row-missing-1~r1'],
    ]);
  });

  it('is refused when no message would be what its contract says, or of a size that the bus takes', async () => {
    await desk.deadLetter(2, { bodyOf: commitStock });
    const signature = await desk.signature();
    const withRule = (path: string, value: unknown) => desk.parts.make.make({ ...replayOf(signature), rule: [{ op: 'add', path, value }] }, ann);

    await expect(withRule('/note', 'x')).rejects.toMatchObject({ code: 'rule-breaks-contract' });
    await expect(withRule('/lines/0/sku', 'x'.repeat(300_000))).rejects.toMatchObject({ code: 'rule-breaks-contract' });
    expect(await withRule('/lines/0/sku', 'TEA-02')).toMatchObject({ count: 2 });
  });

  it('is refused when another plan has one of the messages, until that one is over', async () => {
    await desk.deadLetter(2);
    const request = replayOf(await desk.signature());
    const first = await desk.parts.make.make(request, ann);
    const second = await desk.parts.make.make(request, ann);
    await desk.parts.direct.start(first.planId, ann);

    await expect(desk.parts.make.make(request, ann)).rejects.toMatchObject({ code: 'another-plan' });
    await expect(desk.parts.direct.start(second.planId, ann)).rejects.toMatchObject({ code: 'another-plan' });
    await desk.parts.direct.cancel(first.planId, ann);
    expect(await desk.parts.direct.start(second.planId, ann)).toMatchObject({ state: 'running' });
  });

  it.each([
    ['a reader', { ...ann, mayOperate: false }, {}, 'replay-forbidden'],
    ['nobody saying why', ann, { reason: ' ' }, 'reason-missing'],
    ['an empty selection', ann, { selection: {} }, 'selection-empty'],
    ['a selection that fits nothing', ann, { selection: { saleId: 'none' } }, 'nothing-selected'],
    ["another tenant's messages", { ...ann, scope: { tenantId: 'other' } }, {}, 'nothing-selected'],
    ['a rule that touches an amount', ann, { rule: [{ op: 'replace' as const, path: '/totalMinor', value: 1 }] }, 'rule-invalid'],
  ])('is refused for %s', async (_, by, request, code) => {
    await desk.deadLetter(1);

    await expect(desk.parts.make.make({ ...replayOf(await desk.signature()), ...request }, by)).rejects.toMatchObject({ code });
  });
});
