import { DirectPlan } from './direct-plan.ts';
import { ann, bea, replayOf, TestDesk } from '../testing/desk.ts';

describe('directing a plan', () => {
  let desk: TestDesk;
  beforeEach(async () => { desk = await TestDesk.start(); });
  afterEach(() => desk[Symbol.asyncDispose]());

  it('OP11 does not start while the breaker of what caused the failures is open, and stops when it opens', async () => {
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

  it('does not approve or start what was planned a day ago', async () => {
    await desk.deadLetter(1);
    const request = replayOf(await desk.signature());
    const plans = [await desk.parts.make.make(request, ann), await desk.parts.make.make(request, ann)];
    const tomorrow = new DirectPlan(desk.parts.plans, desk.parts.reports, () => new Date(Date.now() + 24 * 3_600_000 + 1_000));
    const [first = '', second = ''] = plans.map(({ planId }) => planId);

    await expect(tomorrow.start(first, ann)).rejects.toMatchObject({ code: 'plan-expired' });
    await expect(tomorrow.approve(second, bea)).rejects.toMatchObject({ code: 'plan-expired' });
    expect((await desk.parts.plans.list('all-tenants')).map(({ state }) => state)).toEqual(['expired', 'expired']);
  });

  it('starts once when two operators start at the same time', async () => {
    await desk.deadLetter(3);
    const request = replayOf(await desk.signature());
    const plans = await Promise.all([desk.parts.make.make(request, ann), desk.another().make.make(request, bea)]);

    const starts = await Promise.allSettled([desk.parts.direct.start(plans[0].planId, ann), desk.another().direct.start(plans[1].planId, bea)]);

    expect(starts.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(starts.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'another-plan' } });
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
