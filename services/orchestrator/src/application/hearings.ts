import { partitionOf, seconds, type StoreId, type TenantId } from '@checkout/kernel';
import type { Logger } from '@checkout/observability';
import { DependencyUnavailable } from '@checkout/resilience';
import type { Heard, Hearing } from '../domain/hearing.ts';
import { progressOf, reachedBy, together, type Progress } from '../domain/progress.ts';
import type { KeptHearings } from './ports.ts';

/** How often what this process has heard is written down, and what the others have heard is read. */
const everyMs = seconds(5);

/**
 * Whom sales have heard of: how far each participant has come with what each partition asks of it. It is written down because timers may be due in
 * another process than the one that gets the replies. What is lost with a process makes a saga only more patient.
 */
export class Hearings {
  readonly #kept: KeptHearings;
  readonly #logger: Logger;
  readonly #clock: () => number;
  readonly #known = new Map<string, Progress>();
  readonly #unwritten = new Map<string, Progress>();
  #interval: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | undefined;

  constructor(kept: KeptHearings, logger: Logger, clock: () => number = Date.now) {
    this.#kept = kept;
    this.#logger = logger;
    this.#clock = clock;
  }

  heard(hearing: Hearing): void {
    const learned = this.#learn(progressOf(hearing));
    if (learned) this.#unwritten.set(keyOf(learned), learned);
  }

  of(tenantId: TenantId, storeId: StoreId): Heard {
    const partition = partitionOf(tenantId, storeId);
    const now = this.#clock();
    return Object.fromEntries([...this.#known.values()].filter((progress) => progress.partition === partition).map((progress) => [progress.participant, reachedBy(progress, now)]));
  }

  start(): void {
    void this.sync();
    this.#interval = setInterval(() => void this.sync(), everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#interval);
    await this.#syncing;
  }

  /** One at a time. Never rejects: what could not be written is written the next time. */
  sync(): Promise<void> {
    this.#syncing ??= this.#writeAndRead().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  async #writeAndRead(): Promise<void> {
    const writing = [...this.#unwritten];
    try {
      if (writing.length > 0) await this.#kept.write(writing.map(([, progress]) => progress));
      for (const [key, progress] of writing) if (this.#unwritten.get(key) === progress) this.#unwritten.delete(key);
      for (const progress of await this.#kept.read()) this.#learn(progress);
    } catch (err) {
      if (!(err instanceof DependencyUnavailable)) this.#logger.warn({ err }, 'whom sales have heard of could not be kept, trying again');
    }
  }

  /** @returns what is known then, if that is more than before. */
  #learn(progress: Progress): Progress | undefined {
    const key = keyOf(progress);
    const before = this.#known.get(key);
    const known = before ? together(before, progress) : progress;
    if (known.askedAt === before?.askedAt && known.late === before.late) return undefined;
    this.#known.set(key, known);
    return known;
  }
}

const keyOf = ({ participant, partition }: Progress): string => `${participant}/${partition}`;
