import type { Plan } from '../domain/plan.ts';
import type { PlanStore } from './ports.ts';
import type { RunPlan } from './run-plan.ts';

/** Longer than any pause of a healthy process, so that only one that died, or stands still, loses a plan. */
const standardLeaseMs = 60_000;

/**
 * Works off the plans that are to run. A plan is run by one process at a time: it is leased, the lease is renewed while the run goes on, and whoever
 * cannot renew it stops before its next step.
 */
export class WorkPlans {
  readonly #plans: Pick<PlanStore, 'lease' | 'renew' | 'release'>;
  readonly #runPlan: Pick<RunPlan, 'run'>;
  readonly #owner: string;
  readonly #leaseMs: number;

  constructor(plans: Pick<PlanStore, 'lease' | 'renew' | 'release'>, runPlan: Pick<RunPlan, 'run'>, owner: string, leaseMs = standardLeaseMs) {
    this.#plans = plans;
    this.#runPlan = runPlan;
    this.#owner = owner;
    this.#leaseMs = leaseMs;
  }

  /** @param untilMs of the clock: no new wave is begun after it */
  async work(untilMs: number): Promise<void> {
    while (Date.now() < untilMs) {
      const leasedAtMs = performance.now();
      const plan = await this.#plans.lease(this.#owner, this.#leaseMs);
      if (!plan) return;
      await this.#run(plan, leasedAtMs, untilMs);
    }
  }

  async #run(plan: Plan, leasedAtMs: number, untilMs: number): Promise<void> {
    // Counted from before the question, so that we never think the lease is longer than the database does.
    let heldUntilMs = leasedAtMs + this.#leaseMs;
    const renewing = setInterval(() => {
      const askedAtMs = performance.now();
      this.#plans.renew(plan.planId, this.#owner, this.#leaseMs).then(
        (isOurs) => { heldUntilMs = isOurs ? askedAtMs + this.#leaseMs : 0; },
        // Not answered is not refused: the lease lasts as long as it was last known to.
        () => {},
      );
    }, this.#leaseMs / 4);
    try {
      await this.#runPlan.run(plan, untilMs, () => performance.now() < heldUntilMs);
    } finally {
      clearInterval(renewing);
      await this.#plans.release(plan.planId, this.#owner);
    }
  }
}
