import type { Logger } from '@checkout/observability';
import type { Database } from '@checkout/sql';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from './bus.ts';
import { removeChunks, type Chunk } from './outbox.ts';

/** Sent chunks wait for the next commit to take them away; with no commit in sight they are removed after this long. */
const idleRemovalMs = 1_000;

export interface OutgoingOptions {
  readonly database: Pick<Database, 'commit'>;
  readonly bus: Pick<Bus, 'send'>;
  readonly logger: Logger;
}

/** The chunks of the outbox that this process knows about: on their way to the bus, or there and not yet removed. */
export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #onTheirWay = new Map<string, Promise<void>>();
  readonly #arrived = new Set<string>();
  #removal: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /** Not to be awaited: the messages are safe, and the next batch need not wait for the bus. The SDK keeps the order of one topic while sends succeed; one that failed may be overtaken. */
  send({ id, messages }: Chunk): void {
    const sending = this.#options.bus.send(messages).then(
      () => this.arrived(id),
      (err: unknown) => this.#options.logger.warn({ err, chunkId: id, messages: messages.length }, 'messages stay in the outbox until the sweeper sends them'),
    ).finally(() => this.#onTheirWay.delete(id));
    this.#onTheirWay.set(id, sending);
  }

  isOnItsWay(id: string): boolean {
    return this.#onTheirWay.has(id);
  }

  hasArrived(id: string): boolean {
    return this.#arrived.has(id);
  }

  /** The bus has this chunk: its row goes with the next commit. */
  arrived(id: string): void {
    this.#arrived.add(id);
    this.#removeLater();
  }

  /** For a commit to remove; once it is through, tell `removed`. */
  get removable(): readonly string[] {
    return [...this.#arrived];
  }

  removed(ids: readonly string[]): void {
    for (const id of ids) this.#arrived.delete(id);
  }

  /** Waits for what is on its way, at most `graceMs`, and cleans up. What is left then is swept by the next start. */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true;
    await Promise.race([Promise.all(this.#onTheirWay.values()), sleep(graceMs, undefined, { ref: false })]);
    clearTimeout(this.#removal);
    await this.remove();
  }

  #removeLater(): void {
    if (this.#isClosed) return;
    this.#removal ??= setTimeout(() => {
      this.#removal = undefined;
      void this.remove();
    }, idleRemovalMs).unref();
  }

  /** Takes the rows of what has arrived away now. Never rejects. */
  async remove(): Promise<void> {
    const ids = this.removable;
    if (ids.length === 0) return;
    try {
      await this.#options.database.commit(removeChunks(ids));
      this.removed(ids);
    } catch (err) {
      this.#options.logger.debug({ err }, 'sent messages could not be removed from the outbox yet');
      this.#removeLater();
    }
  }
}
