import { ann, replayOf, TestDesk } from '../testing/desk.ts';

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
