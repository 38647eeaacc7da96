import { seconds, timeOfUuid } from '@checkout/kernel';
import { counter, gauge, type Logger } from '@checkout/observability';
import { DependencyUnavailable, type ReplaySpeed } from '@checkout/resilience';
import type { Database } from '@checkout/sql';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { Bus } from './bus.ts';
import { causeOf, isBusAway, isEntityShut } from './bus-error.ts';
import { Forgotten, forgetOldMarks, marksForgottenAtOnce } from './inbox.ts';
import { ChunkRow, chunkOf, leftChunks, type Chunk } from './outbox.ts';
import type { Pipeline } from './pipeline.ts';

/** How often the outbox is looked through, and how old a chunk must be: longer than a healthy send ever takes. */
const intervalMs = 2_000;
const olderThanMs = 3_000;
/** Chunks sent by one sweep. A chunk holds at most one batch. A sweep that found so many is followed by another at once. */
const chunksPerSweep = 50;
/** Chunks that travel together: an outage leaves thousands behind, and one after the other they would take as long as the outage did. */
const chunksPerSend = 10;
/** A topic that takes nothing (it is full, switched off or gone) is knocked at again after this long: only people make room. */
const shutMs = seconds(30);
/** Most chunks at the head of the outbox that are looked past because nothing of them can be sent now. What is behind more than these waits with them. */
const mostPassedOver = 500;
/** A longer pause between two chunks is not replayed. */
const longestGapMs = 1_000;
/** Sweeps between two purges of old inbox marks: about a minute. */
const sweepsPerPurge = 30;
/** Deletions in a row of one purge; more than ever become old in a minute. */
const deletionsPerPurge = 50;

const sweptTotal = counter('outbox_swept_chunks_total', 'Chunks that the sweeper sent because the process that decided them did not');

export interface SweeperOptions {
  readonly database: Pick<Database, 'query'>;
  readonly bus: Pick<Bus, 'send'>;
  readonly pipeline: Pick<Pipeline<never, never, never>, 'outgoing'>;
  readonly logger: Logger;
  /** How many times faster than they were decided messages are sent that an outage of the bus has kept here. Without it, as fast as can be. */
  readonly replaySpeed?: Pick<ReplaySpeed, 'value' | 'observe'>;
  /** For tests. */
  readonly shutMs?: number;
}

/**
 * Sends what was committed but not sent: after a crash, or after the bus was away. What another instance is sending at this moment may
 * be sent twice; the inbox of the receiver takes care of that. One sweep is under way at a time.
 */
export class Sweeper {
  readonly #options: SweeperOptions;
  /** Chunks that no attempt can send; told once, kept for an operator, and never in the way of others. */
  readonly #unsendable = new Set<string>();
  /** Topics that take nothing, and until when they are left alone. */
  readonly #shut = new Map<string, number>();
  /** Of chunks that wait for such a topic: the other topics, which have what is for them and get no copy at each try. */
  readonly #had = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<unknown> | undefined;
  #isStopped = false;
  #sweeps = 0;
  #left = 0;
  /** Chunks that the sweep of this moment has got rid of, and those that the last one could not. */
  #gone = 0;
  #stuck = 0;
  /** When what was sent last had been decided. */
  #sentTo = Infinity;

  constructor(options: SweeperOptions) {
    this.#options = options;
    gauge('outbox_left_chunks', 'Chunks found waiting by the last sweep', [], (self) => self.set(this.#left));
  }

  /** The first sweep begins at once: what a crash left behind should not wait. */
  start(): void {
    this.#schedule(0);
  }

  /** Sends no further chunk, and waits at most `graceMs` for the one at hand: the next start sends it again. */
  async stop(graceMs = seconds(5)): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await Promise.race([this.#sweeping, sleep(graceMs, undefined, { ref: false })]);
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#sweeping = this.#sweep()
        // The breaker has told of an outage of the database already.
        .catch((err: unknown) => {
          this.#options.logger[err instanceof DependencyUnavailable ? 'debug' : 'warn']({ err }, 'the outbox could not be swept, trying again');
          return intervalMs;
        })
        .then((nextMs) => this.#schedule(nextMs));
    }, delayMs).unref();
  }

  /** @returns when to sweep again, in ms. */
  async #sweep(): Promise<number> {
    const { database, pipeline: { outgoing } } = this.#options;
    const found = await database.query(ChunkRow, leftChunks(chunksPerSweep + Math.min(this.#stuck, mostPassedOver), olderThanMs));
    // What the bus has waits for its removal only.
    for (const { chunkId } of found) if (outgoing.hasArrived(chunkId)) outgoing.arrived(chunkId);
    const left = found.filter(({ chunkId }) => !outgoing.hasArrived(chunkId) && !outgoing.isOnItsWay(chunkId));
    this.#left = left.length;
    this.#gone = 0;
    for (let first = 0; first < left.length; first += chunksPerSend) {
      const together = left.slice(first, first + chunksPerSend);
      await this.#rest(together);
      if (this.#isStopped) return intervalMs;
      await this.#sendAll(together);
    }
    this.#stuck = left.length - this.#gone;
    this.#forgetOthers(left);
    this.#sweeps += 1;
    if (this.#sweeps % sweepsPerPurge === 0) await this.#purge();
    // What could not be sent now cannot be sent in a moment either.
    if (left.length < chunksPerSweep || this.#gone === 0) return intervalMs;
    await outgoing.remove();
    return 0;
  }

  /** What an outage has kept goes out as it came, only faster: its receivers have live messages to handle as well. */
  async #rest(next: readonly z.output<typeof ChunkRow>[]): Promise<void> {
    const last = next.at(-1);
    if (!last) return;
    const decidedAt = timeOfUuid(last.chunkId);
    const passedMs = Math.max(0, Math.min(decidedAt - this.#sentTo, next.length * longestGapMs));
    this.#sentTo = decidedAt;
    const { replaySpeed } = this.#options;
    replaySpeed?.observe(Date.now() - decidedAt, 0);
    if (replaySpeed && passedMs > 0) await sleep(passedMs / replaySpeed.value, undefined, { ref: false });
  }

  /** @throws when the bus is away. */
  async #sendAll(rows: readonly z.output<typeof ChunkRow>[]): Promise<void> {
    const { bus, pipeline: { outgoing } } = this.#options;
    try {
      const fresh = rows.filter(({ chunkId }) => !this.#unsendable.has(chunkId) && !this.#had.has(chunkId)).map(chunkOf).filter((chunk) => !this.#waits(chunk));
      if (fresh.length > 1) {
        await bus.send(fresh.flatMap(({ messages }) => messages));
        for (const { id } of fresh) this.#arrived(id);
      }
    } catch (error) {
      if (isBusAway(error)) throw error;
    }
    // One by one, so that one that cannot be sent is not in the way of its neighbours.
    for (const row of rows) {
      if (this.#isStopped) return;
      if (!outgoing.hasArrived(row.chunkId)) await this.#send(row);
    }
  }

  /** @throws when the bus is away, so that no further chunk is worth trying now. */
  async #send(row: z.output<typeof ChunkRow>): Promise<void> {
    const { logger } = this.#options;
    try {
      const { id, messages } = chunkOf(row);
      const had = this.#had.get(id) ?? new Set<string>();
      for (const topic of new Set(messages.map((message) => message.topic))) {
        if (!had.has(topic) && (await this.#sendTo(topic, messages.filter((message) => message.topic === topic)))) had.add(topic);
      }
      if (messages.every(({ topic }) => had.has(topic))) this.#arrived(id);
      else this.#had.set(id, had);
    } catch (error) {
      if (isBusAway(error)) throw error;
      if (!this.#unsendable.has(row.chunkId)) logger.error({ err: causeOf(error), chunkId: row.chunkId }, 'messages in the outbox cannot be sent as they are');
      this.#unsendable.add(row.chunkId);
    }
  }

  /** @returns false when the topic takes nothing, now or for a while already. @throws whatever else is wrong */
  async #sendTo(topic: string, messages: Chunk['messages']): Promise<boolean> {
    const { bus, logger } = this.#options;
    if (this.#isShut(topic)) return false;
    try {
      await bus.send(messages);
      return true;
    } catch (error) {
      if (!isEntityShut(error)) throw error;
      this.#shut.set(topic, performance.now() + (this.#options.shutMs ?? shutMs));
      logger.error({ err: causeOf(error), topic }, 'messages in the outbox cannot be sent: their topic takes none');
      return false;
    }
  }

  #isShut = (topic: string): boolean => performance.now() < (this.#shut.get(topic) ?? -Infinity);

  #waits = ({ messages }: Chunk): boolean => messages.some(({ topic }) => this.#isShut(topic));

  #arrived(id: string): void {
    this.#options.pipeline.outgoing.arrived(id);
    this.#unsendable.delete(id);
    this.#had.delete(id);
    this.#gone += 1;
    sweptTotal.inc();
  }

  /** Another instance may have sent what waited here, or a person taken it away. */
  #forgetOthers(left: readonly z.output<typeof ChunkRow>[]): void {
    const here = new Set(left.map(({ chunkId }) => chunkId));
    for (const known of [this.#had, this.#unsendable]) for (const id of known.keys()) if (!here.has(id)) known.delete(id);
  }

  async #purge(): Promise<void> {
    for (let deletions = 0; deletions < deletionsPerPurge && !this.#isStopped; deletions += 1) {
      const [deleted] = await this.#options.database.query(Forgotten, forgetOldMarks());
      if (!deleted || deleted.forgotten < marksForgottenAtOnce) return;
    }
  }
}
