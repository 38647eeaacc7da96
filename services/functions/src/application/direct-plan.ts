import { mayBecome, type Plan, type PlanState } from '../domain/plan.ts';
import { Refusal } from '../domain/refusal.ts';
import type { Operator, PlanChange, PlanStore, Reports } from './ports.ts';
import { openBreakersOf } from './run-plan.ts';

const breakerMemoryMs = 30 * 60_000;

/** What an operator does with a plan that is made: approve, start, pause, resume, cancel. @throws Refusal */
export class DirectPlan {
  readonly #plans: PlanStore;
  readonly #reports: Reports;
  readonly #now: () => Date;

  constructor(plans: PlanStore, reports: Reports, now: () => Date) {
    this.#plans = plans;
    this.#reports = reports;
    this.#now = now;
  }

  async approve(planId: string, by: Operator): Promise<Plan> {
    if (!by.mayApprove) throw new Refusal('replay-forbidden', 'Approving is for approvers.');
    const plan = await this.#find(planId, by);
    if (plan.createdBy === by.subject) throw new Refusal('approval-by-same-person');
    if (plan.state !== 'draft') throw new Refusal('plan-not-in-state', `It is ${plan.state}.`);
    await this.#refuseExpired(plan, by);
    return this.#change(plan, { approvedBy: by.subject }, by, 'plan.approved');
  }

  /** Starts a draft, or goes on with what was paused or stopped. */
  async start(planId: string, by: Operator): Promise<Plan> {
    if (!by.mayOperate) throw new Refusal('replay-forbidden');
    const plan = await this.#find(planId, by);
    await this.#refuseExpired(plan, by);
    if (plan.approvedBy === undefined) {
      if (plan.needsApproval) throw new Refusal('approval-needed');
      const conflicts = await this.#conflictsIn(plan);
      if (conflicts > 0) throw new Refusal('approval-needed', `${conflicts} of its messages are about sales that have gone another way since.`);
    }
    const open = await this.heldBackBy(plan);
    if (open !== undefined) throw new Refusal('breaker-open', `Now ${open}.`);
    // A run that stopped by itself begins again with one message.
    return this.#to(plan, 'running', by, plan.state === 'draft' ? 'plan.started' : 'plan.resumed', { rampFrom: plan.wave });
  }

  /** What keeps a replay from being started now, as far as services have told; nothing when it may be. */
  async heldBackBy(plan: Plan): Promise<string | undefined> {
    if (plan.kind !== 'replay') return undefined;
    return openBreakersOf(this.#reports, plan, new Date(this.#now().getTime() - breakerMemoryMs));
  }

  async pause(planId: string, by: Operator): Promise<Plan> {
    if (!by.mayOperate) throw new Refusal('replay-forbidden');
    return this.#to(await this.#find(planId, by), 'paused', by, 'plan.paused');
  }

  /** What was not replayed yet stays where it is. */
  async cancel(planId: string, by: Operator): Promise<Plan> {
    if (!by.mayOperate) throw new Refusal('replay-forbidden');
    return this.#to(await this.#find(planId, by), 'cancelled', by, 'plan.cancelled');
  }

  /** Messages that would be refused now, as far as a dry run has told. */
  async #conflictsIn(plan: Plan): Promise<number> {
    const predictions = await this.#plans.predictions(plan);
    return predictions.reduce((sum, { prediction, items }) => (prediction === 'conflict' ? sum + items : sum), 0);
  }

  /** What was true when it was made may no longer be. */
  async #refuseExpired(plan: Plan, by: Operator): Promise<void> {
    if (plan.state === 'expired') throw new Refusal('plan-expired');
    if (plan.state !== 'draft' || plan.expiresAt >= this.#now()) return;
    await this.#change(plan, { state: 'expired' }, by, 'plan.expired');
    throw new Refusal('plan-expired');
  }

  async #find(planId: string, by: Operator): Promise<Plan> {
    const plan = await this.#plans.find(by.scope, planId);
    if (!plan) throw new Refusal('plan-unknown');
    return plan;
  }

  #to(plan: Plan, state: PlanState, by: Operator, action: string, change: PlanChange = {}): Promise<Plan> {
    if (!mayBecome(plan.state, state)) throw new Refusal('plan-not-in-state', `It is ${plan.state}.`);
    return this.#change(plan, { ...change, state }, by, action);
  }

  #change(plan: Plan, change: PlanChange, by: Operator, action: string): Promise<Plan> {
    return this.#plans.update(plan, change, [{ at: this.#now().toISOString(), tenantId: plan.tenantId, actor: by.subject, action, planId: plan.planId }]);
  }
}
