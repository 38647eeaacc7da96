import type { Plan } from '../domain/plan.ts';
import { ann, replayOf, TestDesk } from '../testing/desk.ts';
import { WorkPlans } from './work-plans.ts';

/** Who ran, and whether two ever did at once. */
class Watched {
  readonly ran: string[] = [];
  #active = 0;
  most = 0;

  of(name: string, run: { run(plan: Plan, untilMs: number, isOurs?: () => boolean): Promise<void> }) {
    return {
      run: async (plan: Plan, untilMs: number, isOurs?: () => boolean): Promise<void> => {
        this.ran.push(name);
        this.#active += 1;
        this.most = Math.max(this.most, this.#active);
        try {
          await run.run(plan, untilMs, isOurs);
        } finally {
          this.#active -= 1;
        }
      },
    };
  }
}

const until = async (work: WorkPlans, isOver: () => boolean): Promise<void> => {
  for (const giveUpAt = Date.now() + 30_000; !isOver() && Date.now() < giveUpAt;) {
    await work.work(Date.now() + 20_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

describe('processes that work plans off', () => {
  let desk: TestDesk;
  beforeEach(async () => { desk = await TestDesk.start(); });
  afterEach(() => desk[Symbol.asyncDispose]());

  const started = async (count: number): Promise<Plan> => {
    await desk.deadLetter(count);
    const plan = await desk.parts.make.make({ ...replayOf(await desk.signature()), isRamped: false, maxPerSecond: 50 }, ann);
    return desk.parts.direct.start(plan.planId, ann);
  };

  it('never run one plan at the same time, however much longer than its lease a run takes', async () => {
    const { planId } = await started(200);
    const watched = new Watched();
    const [first, second] = [desk.parts, desk.another()];
    const leaseMs = 1_000;
    let isOver = false;

    const working = [
      until(new WorkPlans(first.plans, watched.of('first', first.run), 'first', leaseMs), () => isOver),
      until(new WorkPlans(second.plans, watched.of('second', second.run), 'second', leaseMs), () => isOver),
    ];
    const handled = await desk.handle(200);
    for (const giveUpAt = Date.now() + 15_000; (await desk.parts.plans.find('all-tenants', planId))?.state === 'running' && Date.now() < giveUpAt;) await new Promise((resolve) => setTimeout(resolve, 100));
    isOver = true;
    await Promise.all(working);

    expect(handled).toHaveLength(200);
    expect(watched).toMatchObject({ most: 1, ran: [expect.any(String)] });
    expect(await desk.parts.plans.counts(planId)).toEqual({ applied: 200 });
  });

  it('stop before the next step when their lease could not be renewed, and another one goes on', async () => {
    const { planId } = await started(200);
    const first = desk.another();
    first.plans.renew = () => Promise.resolve(false);
    const handling = desk.handle(200);

    const lease = first.plans.lease.bind(first.plans);
    let leases = 0;
    first.plans.lease = (...args) => ((leases += 1) === 1 ? lease(...args) : Promise.resolve(undefined));
    await new WorkPlans(first.plans, first.run, 'first', 1_000).work(Date.now() + 20_000);
    const after = await desk.parts.plans.counts(planId);
    let isOver = false;
    const working = until(new WorkPlans(desk.parts.plans, desk.parts.run, 'second', 1_000), () => isOver);
    const handled = await handling;
    for (const giveUpAt = Date.now() + 15_000; (await desk.parts.plans.find('all-tenants', planId))?.state === 'running' && Date.now() < giveUpAt;) await new Promise((resolve) => setTimeout(resolve, 100));
    isOver = true;
    await working;

    expect(after.planned).toBeGreaterThan(0);
    expect(new Set(handled.map(({ messageId }) => messageId)).size).toBe(200);
    expect(await desk.parts.plans.counts(planId)).toEqual({ applied: 200 });
  });
});
