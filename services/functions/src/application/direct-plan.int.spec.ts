import { ann, bea, replayOf, TestDesk } from '../testing/desk.ts';

describe('directing a plan', () => {
  let desk: TestDesk;
  beforeEach(async () => { desk = await TestDesk.start(); });
  afterEach(() => desk[Symbol.asyncDispose]());

  it('does not start while the breaker of what caused the failures is open, and stops when it opens', async () => {
    await desk.deadLetter(5);
    const plan = await desk.parts.make.make(replayOf(await desk.signature()), ann);
    const open = { service: 'inventory', instance: 'i1', dependency: 'inventory/work', state: 'open', cause: 'failover', at: new Date() };

    await desk.parts.reports.breakerChanged(open);

    await expect(desk.parts.direct.start(plan.planId, ann)).rejects.toMatchObject({ code: 'breaker-open' });
    await desk.parts.reports.breakerChanged({ ...open, state: 'closed', at: new Date() });
    await desk.parts.direct.start(plan.planId, ann);
    await desk.parts.reports.breakerChanged({ ...open, at: new Date(Date.now() + 1) });
    await desk.parts.run.run(plan, Date.now() + 5_000);
    expect(await desk.parts.plans.find('all-tenants', plan.planId)).toMatchObject({ state: 'stopped', because: expect.stringContaining('inventory/work (failover) is open') as string });
    expect(await desk.parts.plans.counts(plan.planId)).toEqual({ planned: 5 });
  });

  it('asks for a second person where money can move', async () => {
    await desk.deadLetter(1_001);
    const plan = await desk.parts.make.make(replayOf(await desk.signature()), ann);

    await expect(desk.parts.direct.start(plan.planId, ann)).rejects.toMatchObject({ code: 'approval-needed' });
    await expect(desk.parts.direct.approve(plan.planId, ann)).rejects.toMatchObject({ code: 'replay-forbidden' });
    const own = await desk.parts.make.make(replayOf(await desk.signature()), bea);
    await expect(desk.parts.direct.approve(own.planId, bea)).rejects.toMatchObject({ code: 'approval-by-same-person' });
    await desk.parts.direct.approve(plan.planId, bea);
    expect(await desk.parts.direct.start(plan.planId, ann)).toMatchObject({ state: 'running', approvedBy: 'bea' });
  });
});
