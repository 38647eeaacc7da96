import { partitionOf, seconds, type StoreId, type TenantId } from '@checkout/kernel';
import type { Logger } from '@checkout/observability';
import { DependencyUnavailable } from '@checkout/resilience';
import type { Heard, Hearing } from '../domain/hearing.ts';
import type { KeptHearings } from './ports.ts';

/** How often what this process has heard is written down, and what the others have heard is read. */
const everyMs = seconds(5);

/**
 * Whom sales have heard of: for each participant and partition, when the latest request was made that it has answered. It is written down because
 * timers may be due in another process than the one that gets the replies. What is lost with a process makes a saga only more patient.
 */
export class Hearings {
  readonly #kept: KeptHearings;
  readonly #logger: Logger;
  readonly #latest = new Map<string, Hearing>();
  readonly #unwritten = new Map<string, Hearing>();
  #interval: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | undefined;

  constructor(kept: KeptHearings, logger: Logger) {
    this.#kept = kept;
    this.#logger = logger;
  }

  heard(hearing: Hearing): void {
    if (this.#learn(hearing)) this.#unwritten.set(keyOf(hearing), hearing);
  }

  of(tenantId: TenantId, storeId: StoreId): Heard {
    const partition = partitionOf(tenantId, storeId);
    return Object.fromEntries([...this.#latest.values()].filter((hearing) => hearing.partition === partition).map(({ participant, askedAt }) => [participant, askedAt]));
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
      if (writing.length > 0) await this.#kept.write(writing.map(([, hearing]) => hearing));
      for (const [key, hearing] of writing) if (this.#unwritten.get(key) === hearing) this.#unwritten.delete(key);
      for (const hearing of await this.#kept.read()) this.#learn(hearing);
    } catch (err) {
      if (!(err instanceof DependencyUnavailable)) this.#logger.warn({ err }, 'whom sales have heard of could not be kept, trying again');
    }
  }

  #learn(hearing: Hearing): boolean {
    const key = keyOf(hearing);
    const isLater = hearing.askedAt > (this.#latest.get(key)?.askedAt ?? -Infinity);
    if (isLater) this.#latest.set(key, hearing);
    return isLater;
  }
}

const keyOf = ({ participant, partition }: Hearing): string => `${participant}/${partition}`;
