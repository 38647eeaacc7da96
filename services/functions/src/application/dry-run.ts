import type { Item } from '../domain/plan.ts';
import { mended } from '../domain/mend.ts';
import { masked } from '../domain/money-in.ts';
import { Refusal } from '../domain/refusal.ts';
import { readMessages } from './read-messages.ts';
import type { DeadLetterQueues, IndexStore, ItemChange, Operator, PlanStore, Prediction, Predictor, QueuedMessage } from './ports.ts';

/** Messages asked about at once. */
const pageSize = 100;
/** Messages shown before and after, when the plan mends bodies. */
const shownEdits = 5;

export type Verdict = Prediction['verdict'] | 'gone' | 'unfit';

export interface DryRunReport {
  readonly counts: Readonly<Partial<Record<Verdict, number>>>;
  /** The money inside each verdict, by currency. */
  readonly values: readonly { readonly verdict: Verdict; readonly currency: string; readonly minor: number }[];
  /** How the rule changes the first few messages that it fits, without card tokens; absent for a plan without one. */
  readonly edits?: readonly Edit[];
}

export interface Edit {
  readonly sequenceNumber: bigint;
  readonly before: unknown;
  readonly after: unknown;
}

/** Asks the service that failed what it would do with each message of a plan now, without effects, and keeps the answers beside the items. */
export class DryRun {
  readonly #queues: DeadLetterQueues;
  readonly #plans: PlanStore;
  readonly #index: IndexStore;
  readonly #predictor: Predictor;
  readonly #now: () => Date;

  constructor(queues: DeadLetterQueues, plans: PlanStore, index: IndexStore, predictor: Predictor, now: () => Date) {
    this.#queues = queues;
    this.#plans = plans;
    this.#index = index;
    this.#predictor = predictor;
    this.#now = now;
  }

  /** @throws Refusal */
  async run(planId: string, by: Operator): Promise<DryRunReport> {
    const plan = await this.#plans.find(by.scope, planId);
    if (!plan) throw new Refusal('plan-unknown');
    if (plan.kind !== 'replay') throw new Refusal('plan-not-in-state', 'A discard hands nothing to a service, so there is nothing to predict.');
    const items = await this.#plans.items(planId, ['planned'], plan.count);
    const verdicts = new Map<bigint, Verdict>();
    const edits: Edit[] = [];
    for (let from = 0; from < items.length; from += pageSize) {
      const page = items.slice(from, from + pageSize);
      const found = await readMessages(this.#queues, plan, page.map(({ sequenceNumber }) => sequenceNumber));
      const changes: ItemChange[] = [];
      const asked: { readonly item: Item; readonly original: QueuedMessage; readonly body?: unknown }[] = [];
      for (const item of page) {
        const original = found.get(item.sequenceNumber);
        const result = original && plan.rule ? mended(original, plan.rule) : undefined;
        if (!original) changes.push({ sequenceNumber: item.sequenceNumber, prediction: 'gone' });
        else if (result && 'because' in result) changes.push({ sequenceNumber: item.sequenceNumber, prediction: 'unfit', because: result.because });
        else {
          asked.push({ item, original, ...(result && { body: result.body }) });
          if (result && edits.length < shownEdits) edits.push({ sequenceNumber: item.sequenceNumber, before: masked(original.body), after: masked(result.body) });
        }
      }
      const answers = await this.#predictor
        .predict(plan, asked.map(({ item, original, body }) => ({ messageId: item.messageId, original, ...(body !== undefined && { body }) })), by.authorization)
        .catch((cause: unknown) => { throw new Refusal('service-silent', cause instanceof Error ? cause.message : String(cause)); });
      const byMessage = new Map(answers.map((answer) => [answer.messageId, answer]));
      for (const { item } of asked) {
        const answer = byMessage.get(item.messageId);
        changes.push({
          sequenceNumber: item.sequenceNumber,
          prediction: answer?.verdict ?? 'needs-decision',
          ...(answer?.because !== undefined && { because: answer.because.slice(0, 400) }),
        });
      }
      for (const { sequenceNumber, prediction } of changes) verdicts.set(sequenceNumber, prediction as Verdict);
      await this.#plans.mark(plan, changes, []);
    }
    const at = this.#now();
    await this.#plans.update(plan, { predictedAt: at }, [{ at: at.toISOString(), tenantId: plan.tenantId, actor: by.subject, action: 'plan.dry-run', planId }]);
    return { ...(await this.#report(by, plan.planId, verdicts)), ...(plan.rule !== undefined && { edits }) };
  }

  async #report(by: Operator, planId: string, verdicts: ReadonlyMap<bigint, Verdict>): Promise<DryRunReport> {
    const counts: Partial<Record<Verdict, number>> = {};
    for (const verdict of verdicts.values()) counts[verdict] = (counts[verdict] ?? 0) + 1;
    const sums = new Map<string, { verdict: Verdict; currency: string; minor: number }>();
    for (const { sequenceNumber, value } of await this.#index.values(by.scope, planId)) {
      const verdict = verdicts.get(sequenceNumber);
      if (!verdict) continue;
      const key = `${verdict} ${value.currency}`;
      const sum = sums.get(key) ?? { verdict, currency: value.currency, minor: 0 };
      sum.minor += value.minor;
      sums.set(key, sum);
    }
    return { counts, values: [...sums.values()] };
  }
}
