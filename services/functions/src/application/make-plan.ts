import { isEmpty, type Selection } from '../domain/selection.ts';
import { needsApproval, replayIdOf, type Item, type Plan, type PlanKind } from '../domain/plan.ts';
import { faultOf, type PatchRule } from '../domain/patch-rule.ts';
import { Refusal } from '../domain/refusal.ts';
import type { DeadLetter, Value } from '../domain/dead-letter.ts';
import { mended } from '../domain/mend.ts';
import type { DeadLetterQueues, IndexStore, Operator, PlanStore } from './ports.ts';
import { readMessages } from './read-messages.ts';

/** One plan is looked at by people and kept whole; more is several plans. */
export const maxPlanItems = 100_000;
/** Nobody starts tomorrow what was true yesterday. */
export const planLifeMs = 24 * 60 * 60_000;

/** A rule that fits none of so many is refused at once; one that fits some leaves the others where they are. */
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
    const letters = await this.#index.letters(by.scope, selection, maxPlanItems + 1);
    const [first] = letters;
    if (!first) throw new Refusal('nothing-selected');
    if (letters.length > maxPlanItems) throw new Refusal('selection-too-large', `It takes ${maxPlanItems}.`);
    if (letters.some(({ topic, subscription }) => topic !== first.topic || subscription !== first.subscription)) throw new Refusal('selection-spans-subscriptions');
    if (rule !== undefined) await this.#tryRule(letters.slice(0, triedMessages), rule);
    const values = sumOf(letters);
    const at = this.#now();
    const plan: Plan = {
      planId: this.#newId(),
      tenantId: by.scope === 'all-tenants' ? '*' : by.scope.tenantId,
      kind,
      topic: first.topic,
      subscription: first.subscription,
      selection,
      ...(rule !== undefined && { rule }),
      reason,
      createdBy: by.subject,
      createdAt: at,
      expiresAt: new Date(at.getTime() + planLifeMs),
      count: letters.length,
      values,
      needsApproval: needsApproval(new Set(letters.map(({ type }) => type)), values),
      isRamped,
      maxPerSecond,
      state: 'draft',
      wave: 0,
      rampFrom: 0,
      version: 1,
    };
    await this.#plans.create(plan, letters.map(itemOf), [
      { at: at.toISOString(), tenantId: plan.tenantId, actor: by.subject, action: 'plan.created', planId: plan.planId, detail: `${kind} ${letters.length} messages: ${reason}` },
    ]);
    return plan;
  }

  /** @throws Refusal `rule-breaks-contract` when no message that is tried would be what its contract says */
  async #tryRule(letters: readonly DeadLetter[], rule: PatchRule): Promise<void> {
    const [first] = letters;
    if (!first) return;
    const messages = await readMessages(this.#queues, first, letters.map(({ sequenceNumber }) => sequenceNumber));
    const results = [...messages.values()].map((message) => mended(message, rule));
    const [misfit] = results.flatMap((result) => ('because' in result ? [result.because] : []));
    if (misfit !== undefined && results.every((result) => 'because' in result)) throw new Refusal('rule-breaks-contract', misfit);
  }
}

const itemOf = ({ sequenceNumber, tenantId, saleId, messageId }: DeadLetter): Item => ({
  sequenceNumber, tenantId, ...(saleId !== undefined && { saleId }), messageId, replayId: replayIdOf(messageId), state: 'planned',
});

function sumOf(letters: readonly DeadLetter[]): Value[] {
  const sums = new Map<string, number>();
  for (const { value } of letters) if (value) sums.set(value.currency, (sums.get(value.currency) ?? 0) + value.minor);
  return [...sums].map(([currency, minor]) => ({ currency, minor }));
}
