import type { Item } from '../domain/plan.ts';
import { patched } from '../domain/patch-rule.ts';
import { Refusal } from '../domain/refusal.ts';
import type { DeadLetterQueues, IndexStore, ItemChange, Operator, PlanStore, Predictor, Prediction, QueuedMessage } from './ports.ts';

/** Messages asked about at once. */
const pageSize = 100;

export type Verdict = Prediction['verdict'] | 'gone' | 'unfit';

export interface DryRunReport {
  readonly counts: Readonly<Partial<Record<Verdict, number>>>;
  /** The money inside each verdict, by currency. */
  readonly values: readonly { readonly verdict: Verdict; readonly currency: string; readonly minor: number }[];
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
    const items = await this.#plans.items(planId, ['planned'], plan.count);
    const verdicts = new Map<bigint, Verdict>();
    for (let from = 0; from < items.length; from += pageSize) {
      const page = items.slice(from, from + pageSize);
      const found = await this.#read(plan, page);
      const changes: ItemChange[] = [];
      const asked: { readonly item: Item; readonly original: QueuedMessage; readonly body?: unknown }[] = [];
      for (const item of page) {
        const original = found.get(item.sequenceNumber);
        const mended = original && plan.rule ? patched(original.body, plan.rule) : undefined;
        if (!original) changes.push({ sequenceNumber: item.sequenceNumber, prediction: 'gone' });
        else if (mended && 'because' in mended) changes.push({ sequenceNumber: item.sequenceNumber, prediction: 'unfit', because: mended.because });
        else asked.push({ item, original, ...(mended && { body: mended.body }) });
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
    return this.#report(by, plan.planId, verdicts);
  }

  async #read(plan: { readonly topic: string; readonly subscription: string }, page: readonly Item[]): Promise<ReadonlyMap<bigint, QueuedMessage>> {
    const found = new Map<bigint, QueuedMessage>();
    const last = page.at(-1)?.sequenceNumber ?? -1n;
    const wanted = new Set(page.map(({ sequenceNumber }) => sequenceNumber));
    for (let from = page[0]?.sequenceNumber ?? 0n; from <= last;) {
      const messages = await this.#queues.peek(plan, from, pageSize);
      for (const message of messages) if (wanted.has(message.sequenceNumber)) found.set(message.sequenceNumber, message);
      const end = messages.at(-1)?.sequenceNumber;
      if (end === undefined) break;
      from = end + 1n;
    }
    return found;
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
