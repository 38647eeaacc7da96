import { type Envelope, type Message } from '@checkout/contracts';
import { seconds, uuidv7, type Clock } from '@checkout/kernel';
import { histogram, openSpan, type Logger } from '@checkout/observability';
import { DependencyUnavailable, type Pace } from '@checkout/resilience';
import { CommitUnknown, Conflict, join, RowsTaken, type Database } from '@checkout/sql';
import { decideAll, type Batch } from './batch.ts';
import type { Bus } from './bus.ts';
import type { Handler, Store } from './handler.ts';
import { inboxKey, markHandled } from './inbox.ts';
import { addChunk, removeChunks } from './outbox.ts';
import { Outgoing } from './outgoing.ts';
import type { Work } from './work.ts';

/** Most messages that share one load and one commit. Larger batches save little more and make a conflict dearer. */
const maxBatch = 128;
/** No rest is longer: what is at hand must be done before its locks run out. */
const longestRestMs = 500;
/** How often a batch runs again as a whole before its messages are tried one by one. */
const maxBatchAttempts = 3;

const batchSize = histogram('pipeline_batch_messages', 'Messages that shared one commit', [], [1, 2, 4, 8, 16, 32, 64, 128]);
const batchSeconds = histogram('pipeline_batch_seconds', 'From load to commit of one batch');

export interface PipelineOptions<Need, Rows, Change, Effect> {
  readonly service: string;
  readonly database: Pick<Database, 'queries' | 'commit'>;
  readonly bus: Pick<Bus, 'send'>;
  readonly store: Store<Need, Rows, Change>;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** How much of its time it may spend on messages, for which nobody waits as one does for a local input. Without it, all. */
  readonly pace?: Pick<Pace, 'restMs'>;
  /** A batch whose commit was never answered is through: it, or the same batch again. */
  readonly onUnknownResolved?: (afterMs: number) => void;
  /** Work that waited for the commit. Must not throw; its results come back through `submit`. */
  readonly onEffects?: (effects: readonly Effect[]) => void;
  /** What has just become durable, for those who watch. Must not throw. */
  readonly onCommitted?: (changes: readonly Change[]) => void;
}

/** What handling one message would come to: an error, or whether it would change anything and which messages it would send. */
export type Predicted = { readonly error: unknown } | { readonly hasChanged: boolean; readonly says: readonly string[] };

/** Whose a local input is. */
export interface About {
  /** Names what is asked for, where the caller has a name: two inputs of one id lead to messages of the same ids. */
  readonly id?: string;
  readonly tenantId: string;
  readonly storeId?: string;
  readonly saleId?: string;
  readonly traceparent?: string;
}

/**
 * Handles messages in batches: load what they need, decide each, commit everything at once, send, settle.
 *
 * One batch is under way at a time; what arrives meanwhile is the next batch, so batches grow with the load by themselves and an idle
 * service adds no delay. Messages are sent after the commit that decided them, from memory; the outbox row is there for a crash.
 *
 * Local inputs go first, because somebody waits for them: a till, or a provider's answer to a sale that is half through. After an outage, and while
 * such callers are served slowly, there is a rest between two batches of messages; a local input ends it.
 *
 * A batch that fails as a whole is tried again (a conflict with another writer, a commit whose outcome is unknown: the batch is
 * idempotent), then message by message, so that one poisoned message, or one that wants rows which somebody keeps, never takes its neighbours along.
 */
export class Pipeline<Need, Rows, Change, Effect = never> {
  readonly #options: PipelineOptions<Need, Rows, Change, Effect>;
  readonly #clock: Clock;
  readonly #local: Work<Need, Rows, Change, Effect>[] = [];
  readonly #received: Work<Need, Rows, Change, Effect>[] = [];
  /** Until when messages wait for others to go first; and what ends that at once. */
  #restsUntil = 0;
  #wake: (() => void) | undefined;
  /** Works that an earlier attempt may have committed. Whatever becomes of later attempts, nobody may be told that nothing happened. */
  readonly #unknown = new WeakMap<Work<Need, Rows, Change, Effect>, CommitUnknown>();
  /** What the sweeper need not send. */
  readonly outgoing: Outgoing;
  #isRunning = false;
  #isClosing = false;
  #idle: (() => void)[] = [];

  constructor(options: PipelineOptions<Need, Rows, Change, Effect>) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.outgoing = new Outgoing(options);
  }

  /**
   * Handles a local input together with whatever else is waiting; resolves with the decision's answer once it is durable.
   *
   * @throws DependencyUnavailable, CommitUnknown, or whatever `decide` threw.
   */
  submit<M extends Message, Answer>(handler: Handler<M, Need, Rows, Change, Effect, Answer>, message: M, about: About): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.take({
        handler: handler as unknown as Handler<Message, Need, Rows, Change, Effect, unknown>,
        message,
        envelope: { id: uuidv7(), source: `/services/${this.#options.service}`, type: message.type, time: '', ...about } as Envelope,
        isFromBus: false,
        done: (result) => (result.ok ? resolve(result.answer as Answer) : reject(result.error)),
      });
    });
  }

  /**
   * What handling messages would do now, without doing it: they are decided on rows that are read for it, each seeing what those before it would change,
   * and nothing is committed, sent or begun. A dry run for whoever wants to put dead letters back.
   */
  async predict(works: readonly Omit<Work<Need, Rows, Change, Effect>, 'isFromBus' | 'done'>[]): Promise<readonly Predicted[]> {
    const { store, database, service } = this.#options;
    const all = works.map((work) => ({ ...work, isFromBus: false, done: () => {} }));
    store.forgetAll?.();
    const load = store.load(all.flatMap(({ handler, message }) => [...handler.needs(message)]));
    const rows = load.toRows(load.recordsets.length === 0 ? [] : await database.queries(load.recordsets, load.select));
    return all.map((work) => {
      const { decided: [decided], failed: [failed], outbound } = decideAll([work], rows, store, service, this.#clock());
      decided?.span.end();
      return failed ? { error: failed.error } : { hasChanged: decided?.hasChanged ?? false, says: outbound.map(({ envelope }) => envelope.type) };
    });
  }

  take(work: Work<Need, Rows, Change, Effect>): void {
    if (work.isFromBus) this.#received.push(work);
    else {
      this.#local.push(work);
      this.#wake?.();
    }
    if (this.#isRunning) return;
    this.#isRunning = true;
    // Whatever arrives in this tick joins the first batch.
    setImmediate(() => void this.#run());
  }

  /** Resolves when nothing is queued or under way. */
  drained(): Promise<void> {
    if (!this.#isRunning) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Finishes what is queued, and waits at most `graceMs` for what is on its way to the bus. What is left then is swept by the next start. */
  async close(graceMs = seconds(5)): Promise<void> {
    this.#isClosing = true;
    this.#wake?.();
    await this.drained();
    await this.outgoing.close(graceMs);
  }

  async #run(): Promise<void> {
    while (this.#local.length > 0 || this.#received.length > 0) {
      const works = this.#local.splice(0, maxBatch);
      if (works.length === 0) await this.#rest();
      // Whoever came meanwhile goes first; messages fill the batch up, once they have rested.
      if (works.length === 0) works.push(...this.#local.splice(0, maxBatch));
      if (works.length < maxBatch && performance.now() >= this.#restsUntil) works.push(...this.#received.splice(0, maxBatch - works.length));
      if (works.length === 0) continue;
      const [batch, again] = withoutRepeats(works);
      this.#received.unshift(...again);
      const startedAt = performance.now();
      await this.#handle(batch);
      this.#restAfter(performance.now() - startedAt);
    }
    this.#isRunning = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #restAfter(tookMs: number): void {
    const restMs = this.#options.pace?.restMs(tookMs) ?? 0;
    if (restMs > 0 && !this.#isClosing) this.#restsUntil = performance.now() + Math.min(restMs, longestRestMs);
  }

  async #rest(): Promise<void> {
    const restMs = this.#restsUntil - performance.now();
    if (restMs <= 0 || this.#isClosing) {
      this.#restsUntil = 0;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.ceil(restMs));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    if (this.#isClosing) this.#restsUntil = 0;
  }

  async #handle(works: readonly Work<Need, Rows, Change, Effect>[]): Promise<void> {
    let unknownSince: number | undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const batch = await this.#attempt(works);
        if (unknownSince !== undefined) this.#options.onUnknownResolved?.(performance.now() - unknownSince);
        this.#finish(batch);
        return;
      } catch (error) {
        if (error instanceof CommitUnknown) unknownSince ??= performance.now();
        this.#options.store.forgetAll?.();
        const isForSome = error instanceof RowsTaken && works.length > 1;
        if (error instanceof DependencyUnavailable && !isForSome) return this.#fail(works, error);
        const wasHandled = error instanceof Conflict && error.on === inboxKey;
        if (wasHandled && unknownSince !== undefined) {
          // Its marks are there, so the commit that was never answered did happen.
          this.#options.onUnknownResolved?.(performance.now() - unknownSince);
          unknownSince = undefined;
        }
        if (wasHandled && works.length === 1) return works[0]?.done({ ok: true, answer: undefined });
        const isWorthRepeating = (error instanceof Conflict && !wasHandled) || error instanceof CommitUnknown;
        if (isWorthRepeating && attempt < maxBatchAttempts) continue;
        if (works.length === 1) return this.#fail(works, error);
        this.#options.logger[wasHandled ? 'info' : 'warn']({ err: error, messages: works.length }, 'a batch failed and is tried message by message');
        for (const work of works) await this.#handle([work]);
        return;
      }
    }
  }

  async #attempt(works: readonly Work<Need, Rows, Change, Effect>[]): Promise<Batch<Need, Rows, Change, Effect>> {
    const startedAt = performance.now();
    const { store, database, service } = this.#options;
    const load = store.load(works.flatMap(({ handler, message }) => [...handler.needs(message)]));
    const recordsets = load.recordsets.length === 0 ? [] : await database.queries(load.recordsets, load.select);
    const batch = decideAll(works, load.toRows(recordsets), store, service, this.#clock());
    if (load.isFromMemory && !everyoneChanged(batch)) {
      for (const { span } of batch.decided) span.end();
      store.forgetAll?.();
      return this.#attempt(works);
    }
    try {
      await this.#commit(batch);
    } catch (error) {
      for (const { work, span } of batch.decided) {
        span.end(error);
        if (error instanceof CommitUnknown) this.#unknown.set(work, error);
      }
      throw error;
    }
    batchSize.observe(works.length);
    batchSeconds.observe((performance.now() - startedAt) / 1_000);
    return batch;
  }

  /** What was decided is durable: nothing that goes wrong from here on may have it decided again. */
  #finish({ decided, failed, changes, effects }: Batch<Need, Rows, Change, Effect>): void {
    for (const { work, answer, span } of decided) {
      span.end();
      work.done({ ok: true, answer });
    }
    for (const { work, error } of failed) this.#fail([work], error);
    const { onCommitted, onEffects, logger } = this.#options;
    try {
      if (changes.length > 0) onCommitted?.(changes);
    } catch (err) {
      logger.error({ err }, 'a follower of commits threw');
    }
    try {
      if (effects.length > 0) onEffects?.(effects);
    } catch (err) {
      logger.error({ err }, 'effects of a commit could not be begun');
    }
  }

  #fail(works: readonly Work<Need, Rows, Change, Effect>[], error: unknown): void {
    for (const work of works) work.done({ ok: false, error: this.#unknown.get(work) ?? error });
  }

  /** Inbox marks, changes and messages in one transaction; then the messages are on their way. */
  async #commit({ decided, changes, outbound }: Batch<Need, Rows, Change, Effect>): Promise<void> {
    const handled = decided.filter(({ work }) => work.isFromBus).map(({ work: { envelope } }) => ({ tenantId: envelope.tenantId, id: envelope.id }));
    if (handled.length === 0 && changes.length === 0 && outbound.length === 0) return;
    const chunk = { id: uuidv7(), messages: outbound };
    const removed = this.outgoing.removable;
    // One commit serves many traces; it is shown in the first one's, with how many it served.
    const span = openSpan('commit batch', { kind: 'client', parent: decided[0]?.span.traceparent, attributes: { 'db.system.name': 'microsoft.sql_server', 'checkout.messages': decided.length } });
    try {
      await this.#options.database.commit(
        join([
          ...(handled.length > 0 ? [markHandled(handled)] : []),
          ...this.#options.store.write(changes),
          ...(outbound.length > 0 ? [addChunk(chunk)] : []),
          ...(removed.length > 0 ? [removeChunks(removed)] : []),
        ]),
      );
      span.end();
    } catch (error) {
      span.end(error);
      throw error;
    }
    this.outgoing.removed(removed);
    if (outbound.length > 0) this.outgoing.send(chunk);
  }
}

/** Whether each decision changed something, so that its write will find out if what it was decided on is no longer so. */
const everyoneChanged = <Need, Rows, Change, Effect>({ decided, failed }: Batch<Need, Rows, Change, Effect>): boolean => failed.length === 0 && decided.every(({ hasChanged }) => hasChanged);

/** Two deliveries of one message in one batch would fail its commit; the second waits for the next batch and finds the mark. */
function withoutRepeats<W extends { readonly isFromBus: boolean; readonly envelope: Envelope }>(works: W[]): [W[], W[]] {
  const seen = new Set<string>();
  const first: W[] = [];
  const again: W[] = [];
  for (const work of works) {
    const key = `${work.envelope.tenantId}/${work.envelope.id}`;
    (work.isFromBus && seen.has(key) ? again : first).push(work);
    seen.add(key);
  }
  return [first, again];
}
