import type { Operations } from '@checkout/messaging';
import type { Logger } from '@checkout/observability';
import type { Breaker, BreakerState } from '@checkout/resilience';

export type OverrideMode = 'open' | 'close' | 'auto';

export interface Override {
  readonly mode: OverrideMode;
  /** Who says so. */
  readonly by: string;
  readonly reason: string;
  /** When it ends by itself: what was forgotten must not outlive the night. */
  readonly expiresAt: Date;
}

/** One breaker as an operator sees it. */
export interface BreakerView {
  readonly name: string;
  readonly state: BreakerState;
  readonly since: string;
  /** While open: what kind of trouble, in which words, and when it can be over at the earliest. */
  readonly kind?: string;
  readonly cause?: string;
  readonly retryAfterMs?: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly limit: number;
  readonly override?: { readonly mode: OverrideMode; readonly by: string; readonly reason: string; readonly expiresAt: string };
}

/** All breakers of a process: to look at, and to be held open or closed by an operator, who is written down and forgotten in time. */
export class BreakerBoard {
  readonly #breakers = new Map<string, Breaker>();
  readonly #overrides = new Map<string, { readonly override: Override; readonly expiry: NodeJS.Timeout }>();
  readonly #operations: Pick<Operations, 'breakerChanged' | 'breakerOverridden'>;
  readonly #logger: Logger;

  constructor(operations: Pick<Operations, 'breakerChanged' | 'breakerOverridden'>, logger: Logger) {
    this.#operations = operations;
    this.#logger = logger;
  }

  /** Shows this breaker from now on, and tells the operations topic of its changes. */
  add(breaker: Breaker): void {
    if (this.#breakers.has(breaker.name)) return;
    this.#breakers.set(breaker.name, breaker);
    breaker.onTransition((transition) => this.#operations.breakerChanged(transition));
  }

  get breakers(): readonly Breaker[] {
    return [...this.#breakers.values()];
  }

  list(): readonly BreakerView[] {
    return this.breakers.map((breaker) => this.#viewOf(breaker));
  }

  /** @returns the breaker as it is then; undefined when there is none of this name. */
  override(name: string, mode: OverrideMode, { by, reason, forMs }: { readonly by: string; readonly reason: string; readonly forMs: number }): BreakerView | undefined {
    const breaker = this.#breakers.get(name);
    if (!breaker) return undefined;
    const expiresAt = new Date(Date.now() + forMs);
    clearTimeout(this.#overrides.get(name)?.expiry);
    this.#overrides.delete(name);
    if (mode === 'auto') breaker.release();
    else {
      breaker.hold(mode === 'open' ? 'open' : 'closed');
      const expiry = setTimeout(() => this.override(name, 'auto', { by: 'expiry', reason: `the time that ${by} asked for is over`, forMs: 0 }), forMs).unref();
      this.#overrides.set(name, { override: { mode, by, reason, expiresAt }, expiry });
    }
    this.#logger.warn({ audit: true, breaker: name, mode, by, reason, ...(mode !== 'auto' && { expiresAt }) }, 'an operator decides about a breaker');
    this.#operations.breakerOverridden({ dependency: name, mode, by, reason, ...(mode !== 'auto' && { expiresAt }) });
    return this.#viewOf(breaker);
  }

  #viewOf(breaker: Breaker): BreakerView {
    const { name, state, cause, retryAfterMs, sinceMs, load: { inFlight, waiting, limit } } = breaker;
    const held = this.#overrides.get(name)?.override;
    return {
      name, state, since: new Date(Date.now() - sinceMs).toISOString(), inFlight, waiting, limit,
      ...(cause && { kind: cause.kind, cause: wordsOf(cause.error), retryAfterMs }),
      ...(held && { override: { ...held, expiresAt: held.expiresAt.toISOString() } }),
    };
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 300);
