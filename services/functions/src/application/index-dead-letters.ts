import type { DeadLetter } from '../domain/dead-letter.ts';
import { factsOf } from '../domain/failure-facts.ts';
import { maskedText, moneyIn } from '../domain/money-in.ts';
import { originOf } from '../domain/plan.ts';
import { signatureOf } from '../domain/signature.ts';
import type { Alerts, DeadLetterQueues, IndexStore, Queue, QueuedMessage } from './ports.ts';

/** Messages looked at in one go: as many as one commit carries well. The bus may answer with fewer although there are more; only an empty answer is the end. */
const pageSize = 500;

/**
 * Keeps the index in step with every dead-letter queue, without taking a message: a walk from where the last one ended finds what is new, and a walk from
 * the start finds what is gone.
 */
export class IndexDeadLetters {
  readonly #queues: DeadLetterQueues;
  readonly #index: IndexStore;
  readonly #alerts: Alerts | undefined;

  constructor(queues: DeadLetterQueues, index: IndexStore, alerts?: Alerts) {
    this.#queues = queues;
    this.#index = index;
    this.#alerts = alerts;
  }

  /** @returns how many were new. What is left when the time is up comes next time. */
  async findNew(untilMs: number, nowMs: () => number = Date.now): Promise<number> {
    const byGroup = new Map<string, number>();
    const found = await Promise.all(this.#queues.queues.map((queue) => this.#walkOn(queue, byGroup, untilMs, nowMs)));
    await this.#tell(byGroup);
    return found.reduce((sum, count) => sum + count, 0);
  }

  /** @returns how many entries of the index are no more in their queue. */
  async findGone(untilMs: number, nowMs: () => number = Date.now): Promise<number> {
    let gone = 0;
    for (const queue of this.#queues.queues) {
      const end = await this.#index.cursor(queue);
      for (let from = 0n; from < end && nowMs() < untilMs;) {
        const page = await this.#queues.peek(queue, from, pageSize);
        const last = page.at(-1)?.sequenceNumber;
        const to = last === undefined || last >= end ? end - 1n : last;
        gone += await this.#index.markGone(queue, from, to, page.map(({ sequenceNumber }) => sequenceNumber));
        from = to + 1n;
      }
    }
    return gone;
  }

  async #tell(byGroup: ReadonlyMap<string, number>): Promise<void> {
    if (byGroup.size === 0 || !this.#alerts) return;
    const groups = await this.#index.groups({ scope: 'all-tenants' });
    await this.#alerts.found(groups.flatMap((group) => {
      const found = byGroup.get(keyOf(group));
      return found === undefined ? [] : [{ group, found }];
    }));
  }

  async #walkOn(queue: Queue, byGroup: Map<string, number>, untilMs: number, nowMs: () => number): Promise<number> {
    let cursor = await this.#index.cursor(queue);
    let found = 0;
    while (nowMs() < untilMs) {
      const page = await this.#queues.peek(queue, cursor, pageSize);
      const last = page.at(-1);
      if (!last) return found;
      const next = last.sequenceNumber + 1n;
      const letters = page.map((message) => letterOf(queue, message));
      if (!(await this.#index.add(queue, letters, next))) {
        // Another process walks here too: go on from where it is.
        const theirs = await this.#index.cursor(queue);
        if (theirs <= cursor) throw new Error(`The index of ${queue.topic}/${queue.subscription} has entries beyond its cursor ${cursor}`);
        cursor = theirs;
        continue;
      }
      cursor = next;
      for (const letter of letters) byGroup.set(keyOf(letter), (byGroup.get(keyOf(letter)) ?? 0) + 1);
      found += page.length;
    }
    return found;
  }
}

const keyOf = ({ tenantId, signature }: Pick<DeadLetter, 'tenantId' | 'signature'>): string => `${tenantId} ${signature}`;

export function letterOf(queue: Queue, message: QueuedMessage): DeadLetter {
  const { applicationProperties: properties, body } = message;
  const text = (name: string): string | undefined => (typeof properties[name] === 'string' && properties[name] !== '' ? properties[name].slice(0, 60) : undefined);
  const facts = factsOf({ ...message });
  const storeId = text('store');
  const saleId = text('cloudEvents:subject') ?? message.correlationId;
  const value = moneyIn(body);
  const { origin, replays } = originOf(message.messageId);
  return {
    topic: queue.topic,
    subscription: queue.subscription,
    sequenceNumber: message.sequenceNumber,
    tenantId: text('tenant') ?? 'platform',
    ...(storeId !== undefined && { storeId }),
    ...(saleId !== undefined && { saleId: saleId.slice(0, 60) }),
    messageId: message.messageId.slice(0, 128),
    type: (message.type ?? 'unknown').slice(0, 120),
    bodyText: maskedText(body),
    ...(value !== undefined && { value }),
    facts,
    signature: signatureOf(queue.topic, queue.subscription, facts),
    enqueuedAt: message.enqueuedAt,
    deliveryCount: message.deliveryCount,
    ...(replays > 0 && { replayOf: origin }),
    replayCount: replays,
  };
}
