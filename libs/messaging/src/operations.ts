import { noTenant, operations as contracts, type Message } from '@checkout/contracts';
import { uuidv7, type Clock } from '@checkout/kernel';
import { counter, type Logger } from '@checkout/observability';
import type { Transition } from '@checkout/resilience';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from './bus.ts';
import { describe } from './bus-error.ts';
import { toOutbound, type Outbound } from './codec.ts';
import { unknownTotal } from './unknowns.ts';

/** Told while the bus is away and not yet sent; the oldest go first. */
const maxWaiting = 256;
const maxBatch = 50;
const retryMs = 2_000;

const droppedTotal = counter('operations_dropped_total', 'What could not be told on the operations topic, because the bus was away for too long');

export interface OperationsOptions {
  readonly service: string;
  readonly bus: Pick<Bus, 'send'>;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Which process this is. */
  readonly instance?: string;
}

/** When, and by whom: what every contract of `operations` begins with. */
interface Told {
  readonly service: string;
  readonly instance: string;
  readonly at: string;
}

/**
 * Tells the operators' desk what happens to the machinery, on the topic `operations`. Best effort by intent: what it tells of is that SQL or the bus
 * is down, so it needs neither. It keeps a bounded number of messages and sends them when it can; it never throws and nobody waits for it.
 */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #clock: Clock;
  readonly #instance: string;
  readonly #waiting: Outbound[] = [];
  #sending: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.#instance = options.instance ?? `${hostname()}/${process.pid}`;
  }

  breakerChanged({ breaker, from, to, cause, kind, afterMs, incidentId }: Transition): void {
    this.tell((told) => contracts.BreakerChanged({
      ...told, dependency: breaker, from, state: to, afterMs: Math.round(afterMs),
      ...(incidentId !== undefined && { incidentId }),
      ...(kind !== undefined && { kind: tidy(kind, 40) }),
      ...(cause !== undefined && { cause: tidy(describe(cause)) }),
    }));
  }

  breakerOverridden(override: { readonly dependency: string; readonly mode: 'open' | 'close' | 'auto'; readonly by: string; readonly reason: string; readonly expiresAt?: Date }): void {
    const { dependency, mode, by, reason, expiresAt } = override;
    this.tell((told) => contracts.BreakerOverridden({ ...told, dependency, mode, by: tidy(by, 200), reason: tidy(reason), ...(expiresAt && { expiresAt: expiresAt.toISOString() }) }));
  }

  dependencySlowed(dependency: string, expectedMs: number): void {
    this.tell((told) => contracts.DependencySlowed({ ...told, dependency, expectedMs }));
  }

  dependencyQuickened(dependency: string, afterMs: number): void {
    this.tell((told) => contracts.DependencyQuickened({ ...told, dependency, afterMs: Math.round(afterMs) }));
  }

  receivingPaused(topic: string, subscription: string, cause: unknown): void {
    this.tell((told) => contracts.ReceivingPaused({ ...told, topic, subscription, cause: tidy(describe(cause)) }));
  }

  receivingResumed(topic: string, subscription: string, pausedMs: number): void {
    this.tell((told) => contracts.ReceivingResumed({ ...told, topic, subscription, pausedMs: Math.round(pausedMs) }));
  }

  clientRebuilt(client: 'bus' | 'sql', cause: string, silentMs: number): void {
    this.tell((told) => contracts.ClientRebuilt({ ...told, client, cause: tidy(cause), silentMs: Math.round(silentMs) }));
  }

  outcomeUnknown(kind: 'commit' | 'send' | 'payment', subject: string, cause?: unknown): void {
    unknownTotal.inc({ kind });
    this.tell((told) => contracts.OutcomeUnknown({ ...told, kind, subject: tidy(subject, 200), ...(cause !== undefined && { cause: tidy(describe(cause)) }) }));
  }

  outcomeResolved(kind: 'commit' | 'send' | 'payment', subject: string, outcome: 'done' | 'not-done', afterMs: number): void {
    this.tell((told) => contracts.OutcomeResolved({ ...told, kind, subject: tidy(subject, 200), outcome, afterMs: Math.round(afterMs) }));
  }

  /** Anything else that `operations` carries. */
  tell(make: (told: Told) => Message): void {
    const { service, logger } = this.#options;
    const at = new Date(this.#clock()).toISOString();
    try {
      const message = make({ service, instance: this.#instance, at });
      this.#waiting.push(toOutbound(message, { id: uuidv7(), source: `/services/${service}`, time: at, tenantId: noTenant }));
    } catch (err) {
      logger.error({ err }, 'what happened could not be put into words for the operations topic');
      return;
    }
    if (this.#waiting.length > maxWaiting) {
      this.#waiting.shift();
      droppedTotal.inc();
    }
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  /** Sends what is waiting, for at most `graceMs`. */
  async close(graceMs = 1_000): Promise<void> {
    this.#isClosed = true;
    await Promise.race([this.#sending, sleep(graceMs, undefined, { ref: false })]);
  }

  async #send(): Promise<void> {
    await sleep(0, undefined, { ref: false }); // What happens together is told together.
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, maxBatch);
      try {
        await this.#options.bus.send(batch);
        const sent = new Set(batch);
        this.#waiting.splice(0, this.#waiting.length, ...this.#waiting.filter((message) => !sent.has(message)));
      } catch (err) {
        if (this.#isClosed) return;
        this.#options.logger.debug({ err, waiting: this.#waiting.length }, 'the operations topic cannot be reached, trying again');
        await sleep(retryMs, undefined, { ref: false });
      }
    }
  }
}

/** As the contracts want their texts: not empty, one line, not too long, and never half a character. */
const tidy = (text: string, maxLength = 400): string => text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').slice(0, maxLength).toWellFormed().replace(/\uFFFD$/u, '') || '(nothing)';
