import type { DeadLetter } from '../domain/dead-letter.ts';
import { factsOf } from '../domain/failure-facts.ts';
import { maskedText, moneyIn } from '../domain/money-in.ts';
import { originOf } from '../domain/plan.ts';
import { signatureOf } from '../domain/signature.ts';
import type { Alerts, DeadLetterQueues, Groups, IndexStore, Queue, QueuedMessage } from './ports.ts';

/** Messages held at a time, and committed together. The bus may answer with fewer although there are more; only an empty answer is the end. */
const pageSize = 250;

/**
 * Keeps the index in step with every dead-letter queue, without taking a message: a walk from where the last one ended finds what is new, and a comparison
 * of the whole finds what is gone, and what came under numbers that had been passed.
 */
export class IndexDeadLetters {
  readonly #queues: DeadLetterQueues;
  readonly #index: IndexStore;
  readonly #groups: Groups;
  readonly #alerts: Alerts | undefined;
  readonly #compared = new Map<string, bigint>();

  constructor(queues: DeadLetterQueues, index: IndexStore, groups: Groups, alerts?: Alerts) {
    this.#queues = queues;
    this.#index = index;
    this.#groups = groups;
    this.#alerts = alerts;
  }

  /**
   * One page of each queue in turn, so that a queue with a million entries neither keeps the others waiting nor fills the memory.
   * @returns how many were new. What is left when the time is up comes next time.
   */
  async findNew(untilMs: number, nowMs: () => number = Date.now): Promise<number> {
    const byGroup = new Map<string, number>();
    let found = 0;
    for (let open = this.#queues.queues; open.length > 0 && nowMs() < untilMs;) {
      const more: Queue[] = [];
      for (const queue of open) {
        const letters = nowMs() < untilMs ? await this.#nextPage(queue) : [];
        for (const letter of letters) byGroup.set(keyOf(letter), (byGroup.get(keyOf(letter)) ?? 0) + 1);
        found += letters.length;
        if (letters.length > 0) more.push(queue);
      }
      open = more;
    }
    await this.#tell(byGroup);
    return found;
  }

  /**
   * Compares the index with the queues, page by page, from where the last comparison ended.
   * @returns how many entries are no more in their queue, and how many messages had none
   */
  async compare(untilMs: number, nowMs: () => number = Date.now): Promise<{ readonly gone: number; readonly unknown: number }> {
    const byGroup = new Map<string, number>();
    let gone = 0;
    let unknown = 0;
    for (const queue of this.#queues.queues) {
      const end = await this.#index.cursor(queue);
      const place = `${queue.topic}/${queue.subscription}`;
      let from = this.#compared.get(place) ?? 0n;
      while (from < end && nowMs() < untilMs) {
        const page = await this.#queues.peek(queue, from, pageSize);
        const present = page.filter(({ sequenceNumber }) => sequenceNumber < end);
        const to = page.length > present.length || page.length === 0 ? end - 1n : (page.at(-1)?.sequenceNumber ?? end - 1n);
        gone += await this.#index.markGone(queue, from, to, present);
        const letters = (await this.#index.unknown(queue, present)).map((message) => letterOf(queue, message));
        await this.#index.addUnknown(letters);
        for (const letter of letters) byGroup.set(keyOf(letter), (byGroup.get(keyOf(letter)) ?? 0) + 1);
        unknown += letters.length;
        from = to + 1n;
      }
      this.#compared.set(place, from < end ? from : 0n);
    }
    await this.#tell(byGroup);
    return { gone, unknown };
  }

  async #tell(byGroup: ReadonlyMap<string, number>): Promise<void> {
    if (byGroup.size === 0 || !this.#alerts) return;
    const groups = await this.#groups.groups({ scope: 'all-tenants' });
    await this.#alerts.found(groups.flatMap((group) => {
      const found = byGroup.get(keyOf(group));
      return found === undefined ? [] : [{ group, found }];
    }));
  }

  /** Adds what follows in a queue. @returns nothing at its end */
  async #nextPage(queue: Queue): Promise<readonly DeadLetter[]> {
    for (let cursor = await this.#index.cursor(queue); ;) {
      const page = await this.#queues.peek(queue, cursor, pageSize);
      const last = page.at(-1);
      if (!last) return [];
      const letters = page.map((message) => letterOf(queue, message));
      if (await this.#index.add(queue, letters, last.sequenceNumber + 1n)) return letters;
      // Another process walks here too: go on from where it is.
      const theirs = await this.#index.cursor(queue);
      if (theirs <= cursor) throw new Error(`The index of ${queue.topic}/${queue.subscription} has entries beyond its cursor ${cursor}`);
      cursor = theirs;
    }
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
