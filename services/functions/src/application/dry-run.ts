import type { Item, Plan } from '../domain/plan.ts';
import { mended } from '../domain/mend.ts';
import { masked } from '../domain/money-in.ts';
import { Refusal } from '../domain/refusal.ts';
import { readMessages } from './read-messages.ts';
import type { DeadLetterQueues, ItemChange, Operator, PlanStore, Predicted, Prediction, Predictor, QueuedMessage } from './ports.ts';

/** Messages held and asked about at a time. */
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
  readonly #predictor: Predictor;
  readonly #now: () => Date;

  constructor(queues: DeadLetterQueues, plans: PlanStore, predictor: Predictor, now: () => Date) {
    this.#queues = queues;
    this.#plans = plans;
    this.#predictor = predictor;
    this.#now = now;
  }

  /** Page by page: what was predicted before an answer fails to come is kept, and asked again next time. @throws Refusal */
  async run(planId: string, by: Operator): Promise<DryRunReport> {
    const plan = await this.#plans.find(by.scope, planId);
    if (!plan) throw new Refusal('plan-unknown');
    if (plan.kind !== 'replay') throw new Refusal('plan-not-in-state', 'A discard hands nothing to a service, so there is nothing to predict.');
    const edits: Edit[] = [];
    for (let after = -1n; ;) {
      const page = await this.#plans.items(planId, ['planned'], pageSize, after);
      const last = page.at(-1);
      if (!last) break;
      await this.#plans.mark(plan, await this.#predicted(plan, page, edits, by), []);
      after = last.sequenceNumber;
    }
    const at = this.#now();
    await this.#plans.update(plan, { predictedAt: at }, [{ at: at.toISOString(), tenantId: plan.tenantId, actor: by.subject, action: 'plan.dry-run', planId }]);
    return { ...reportOf(await this.#plans.predictions(plan)), ...(plan.rule !== undefined && { edits }) };
  }

  async #predicted(plan: Plan, page: readonly Item[], edits: Edit[], by: Operator): Promise<ItemChange[]> {
    const found = await readMessages(this.#queues, plan, page.map(({ sequenceNumber }) => sequenceNumber));
    const changes: ItemChange[] = [];
    const asked: { readonly item: Item; readonly original: QueuedMessage; readonly body?: unknown }[] = [];
    for (const item of page) {
      const original = found.get(item.sequenceNumber);
      if (original?.messageId !== item.messageId) {
        changes.push({ sequenceNumber: item.sequenceNumber, prediction: 'gone' });
        continue;
      }
      const result = plan.rule && mended(original, plan.rule);
      if (result && 'because' in result) {
        changes.push({ sequenceNumber: item.sequenceNumber, prediction: 'unfit', because: result.because });
        continue;
      }
      asked.push({ item, original, ...(result && { body: result.body }) });
      if (result && edits.length < shownEdits) edits.push({ sequenceNumber: item.sequenceNumber, before: masked(original.body), after: masked(result.body) });
    }
    const answers = await this.#predictor
      .predict(plan, asked.map(({ item, original, body }) => ({ messageId: item.messageId, original, ...(body !== undefined && { body }) })), by.authorization)
      .catch((cause: unknown) => { throw new Refusal('service-silent', cause instanceof Error ? cause.message : String(cause)); });
    const byMessage = new Map(answers.map((answer) => [answer.messageId, answer]));
    return [...changes, ...asked.map(({ item: { sequenceNumber, messageId } }) => {
      const { verdict = 'needs-decision', because } = byMessage.get(messageId) ?? {};
      return { sequenceNumber, prediction: verdict, ...(because !== undefined && { because: because.slice(0, 400) }) };
    })];
  }
}

function reportOf(predictions: readonly Predicted[]): DryRunReport {
  const counts: Partial<Record<Verdict, number>> = {};
  for (const { prediction, items } of predictions) counts[prediction as Verdict] = (counts[prediction as Verdict] ?? 0) + items;
  return { counts, values: predictions.flatMap(({ prediction, value }) => (value ? [{ verdict: prediction as Verdict, ...value }] : [])) };
}
