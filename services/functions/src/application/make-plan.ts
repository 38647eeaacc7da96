import { isEmpty, type Selection } from '../domain/selection.ts';
import { needsApproval, replayIdOf, type Item, type Plan, type PlanKind } from '../domain/plan.ts';
import { faultOf, type PatchRule } from '../domain/patch-rule.ts';
import { Refusal } from '../domain/refusal.ts';
import { catalogue } from '@checkout/contracts';
import type { Value } from '../domain/dead-letter.ts';
import { mended } from '../domain/mend.ts';
import type { DeadLetterQueues, IndexStore, Operator, PlanStore, Queue, Selected } from './ports.ts';
import { readMessages } from './read-messages.ts';

/** One plan is looked at by people and kept whole; more is several plans. */
export const maxPlanItems = 100_000;
/** Nobody starts tomorrow what was true yesterday. */
export const planLifeMs = 24 * 60 * 60_000;

/** Dead letters read into a plan at a time. */
const pageSize = 2_000;
/** A type that nobody reads, or a rule that fits none of so many, is refused at once; what fits some leaves the others where they are. */
const triedMessages = 20;

export interface PlanRequest {
  readonly kind: PlanKind;
  readonly selection: Selection;
  readonly reason: string;
  readonly rule?: PatchRule;
  readonly isRamped?: boolean;
  readonly maxPerSecond?: number;
}

/**
 * Freezes a set of dead letters into a plan: whatever arrives later is not in it.
 * @throws Refusal
 */
export class MakePlan {
  readonly #queues: Pick<DeadLetterQueues, 'peek'>;
  readonly #index: IndexStore;
  readonly #plans: PlanStore;
  readonly #now: () => Date;
  readonly #newId: () => string;

  constructor(queues: Pick<DeadLetterQueues, 'peek'>, index: IndexStore, plans: PlanStore, now: () => Date, newId: () => string) {
    this.#queues = queues;
    this.#index = index;
    this.#plans = plans;
    this.#now = now;
    this.#newId = newId;
  }

  async make({ kind, selection, reason, rule, isRamped = true, maxPerSecond = 500 }: PlanRequest, by: Operator): Promise<Plan> {
    if (!by.mayOperate) throw new Refusal('replay-forbidden');
    if (reason.trim() === '') throw new Refusal('reason-missing');
    if (isEmpty(selection)) throw new Refusal('selection-empty');
    const fault = rule && faultOf(rule);
    if (fault !== undefined) throw new Refusal('rule-invalid', fault);
    const [queue, ...others] = await this.#index.places(by.scope, selection);
    if (!queue) throw new Refusal('nothing-selected');
    if (others.length > 0) throw new Refusal('selection-spans-subscriptions');
    if (queue.letters > maxPlanItems) throw new Refusal('selection-too-large', `It takes ${maxPlanItems}, and ${queue.letters} fit.`);
    const sample = await this.#index.selected(by.scope, queue, selection, -1n, triedMessages);
    if (kind === 'replay' && !sample.some(({ type }) => catalogue.has(type))) throw new Refusal('version-unsupported', `Nobody reads ${sample[0]?.type ?? 'it'}: it would only come back.`);
    if (rule !== undefined) await this.#tryRule(queue, sample, rule);
    const planId = this.#newId();
    const { count, types, values } = await this.#freeze(planId, queue, selection, by);
    if (count === 0) throw new Refusal('nothing-selected');
    const at = this.#now();
    const plan: Plan = {
      planId,
      tenantId: by.scope === 'all-tenants' ? '*' : by.scope.tenantId,
      kind,
      topic: queue.topic,
      subscription: queue.subscription,
      selection,
      ...(rule !== undefined && { rule }),
      reason,
      createdBy: by.subject,
      createdAt: at,
      expiresAt: new Date(at.getTime() + planLifeMs),
      count,
      values,
      needsApproval: needsApproval(types, values, rule !== undefined),
      isRamped,
      maxPerSecond,
      state: 'draft',
      wave: 0,
      rampFrom: 0,
      version: 1,
    };
    await this.#plans.create(plan, [
      { at: at.toISOString(), tenantId: plan.tenantId, actor: by.subject, action: 'plan.created', planId: plan.planId, detail: `${kind} ${count} messages: ${reason}` },
    ]);
    return plan;
  }

  /** Copies the selected ones into the plan page by page: a plan may hold more than fits into memory. */
  async #freeze(planId: string, queue: Queue, selection: Selection, by: Operator): Promise<{ readonly count: number; readonly types: readonly string[]; readonly values: readonly Value[] }> {
    const types = new Set<string>();
    const sums = new Map<string, number>();
    let count = 0;
    for (let after = -1n; ;) {
      const page = await this.#index.selected(by.scope, queue, selection, after, Math.min(pageSize, maxPlanItems - count));
      const last = page.at(-1);
      if (!last) return { count, types: [...types], values: [...sums].map(([currency, minor]) => ({ currency, minor })) };
      await this.#plans.addItems(planId, page.map(itemOf));
      for (const { type, value } of page) {
        types.add(type);
        if (value) sums.set(value.currency, (sums.get(value.currency) ?? 0) + value.minor);
      }
      count += page.length;
      after = last.sequenceNumber;
    }
  }

  /** @throws Refusal `rule-breaks-contract` when no message that is tried would be what its contract says */
  async #tryRule(queue: Queue, letters: readonly Selected[], rule: PatchRule): Promise<void> {
    const messages = await readMessages(this.#queues, queue, letters.map(({ sequenceNumber }) => sequenceNumber));
    const results = [...messages.values()].map((message) => mended(message, rule));
    const [misfit] = results.flatMap((result) => ('because' in result ? [result.because] : []));
    if (misfit !== undefined && results.every((result) => 'because' in result)) throw new Refusal('rule-breaks-contract', misfit);
  }
}

const itemOf = ({ sequenceNumber, tenantId, saleId, messageId }: Selected): Item => ({
  sequenceNumber, tenantId, ...(saleId !== undefined && { saleId }), messageId, replayId: replayIdOf(messageId), state: 'planned',
});
