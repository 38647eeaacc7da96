import { counter, gauge, type Logger } from '@checkout/observability';
import type { Database } from '@checkout/sql';
import type { Bus } from './bus.ts';
import { forgetOldMarks } from './inbox.ts';
import { ChunkRow, leftChunks } from './outbox.ts';
import type { Pipeline } from './pipeline.ts';

/** How often the outbox is looked through, and how old a chunk must be: longer than a healthy send ever takes. */
const intervalMs = 2_000;
const olderThanMs = 3_000;
/** Chunks sent by one sweep. A chunk holds at most one batch. */
const chunksPerSweep = 50;
/** Sweeps between two purges of old inbox marks: about ten minutes. */
const sweepsPerPurge = 300;

const sweptTotal = counter('outbox_swept_chunks_total', 'Chunks that the sweeper sent because the process that decided them did not');

export interface SweeperOptions {
  readonly database: Database;
  readonly bus: Pick<Bus, 'send'>;
  readonly pipeline: Pick<Pipeline<never, never, never>, 'outgoing'>;
  readonly logger: Logger;
}

/**
 * Sends what was committed but not sent: after a crash, or after the bus was away. What another instance is sending at this moment may
 * be sent twice; the inbox of the receiver takes care of that. One sweep is under way at a time.
 */
export class Sweeper {
  readonly #options: SweeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #isStopped = false;
  #sweeps = 0;
  #left = 0;

  constructor(options: SweeperOptions) {
    this.#options = options;
    gauge('outbox_left_chunks', 'Chunks found waiting by the last sweep', [], (self) => self.set(this.#left));
  }

  /** The first sweep begins at once: what a crash left behind should not wait. */
  start(): void {
    this.#schedule(0);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#sweeping = this.#sweep()
        .catch((err: unknown) => this.#options.logger.debug({ err }, 'the outbox could not be swept, trying again'))
        .finally(() => this.#schedule(intervalMs));
    }, delayMs).unref();
  }

  async #sweep(): Promise<void> {
    const { database, bus, pipeline } = this.#options;
    const chunks = (await database.query(ChunkRow, leftChunks(chunksPerSweep, olderThanMs))).filter(({ id }) => !pipeline.sending.has(id));
    this.#left = chunks.length;
    for (const { id, messages } of chunks) {
      await bus.send(messages);
      pipeline.removeLater(id);
      sweptTotal.inc();
    }
    this.#sweeps += 1;
    if (this.#sweeps % sweepsPerPurge === 0) await database.commit(forgetOldMarks());
  }
}
