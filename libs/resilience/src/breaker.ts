import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import { defaultPolicy, type BreakerPolicy } from './breaker-policy.ts';
import { Bulkhead } from './bulkhead.ts';
import { withDeadline } from './deadline.ts';
import { BulkheadFull, DependencyUnavailable } from './errors.ts';
import { Prober } from './prober.ts';
import { RollingShare } from './rolling-share.ts';
import { realTiming, type Cancel, type Timing } from './timing.ts';

/**
 * What one outcome says about the dependency. `ok`: it answered, if only to say no. `fail`: it did not; enough of these open the breaker.
 * `trip`: it said itself that it is out; one opens the breaker. `neutral`: it says nothing (our own mistake, a caller who gave up).
 */
export type Verdict = 'ok' | 'fail' | 'trip' | 'neutral';

export type BreakerState = 'closed' | 'open' | 'ramping';

export interface Transition {
  readonly breaker: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** Names the outage: the same on the way out and back, and in every refusal meanwhile. */
  readonly incidentId?: string;
  /** What opened it; absent on the way back. */
  readonly cause?: unknown;
  /** The cause in one word, of which there are few: for metrics and events. Present with `cause`. */
  readonly kind?: string;
  /** How long it was in the state before. */
  readonly afterMs: number;
  /** When it opened: how long after the first call that met the trouble had begun, and how many calls had met it until then. */
  readonly opening?: { readonly tookMs: number; readonly calls: number };
}

/** What an operator may ask of a breaker: to stay open, to stay closed whatever happens, or to decide by itself again. */
export type Hold = 'open' | 'closed';

/** Counted since the start, for metrics. */
export interface BreakerCounts {
  /** Calls that reached the dependency. */
  calls: number;
  /** Refused because it was open. */
  rejected: number;
  /** Refused because too much was under way. */
  full: number;
  /** Given up at the deadline. */
  deadlines: number;
}

/** The cause of an outage that an operator has declared. */
export class HeldOpen extends Error {
  override readonly name = 'HeldOpen';
}

export interface BreakerOptions {
  /** The key: service, database and lane, as in `payment/payment/work`. */
  readonly name: string;
  readonly policy?: Partial<BreakerPolicy>;
  readonly classify: (error: unknown) => Verdict;
  /** The error in one word, out of few. Default: its `code`, else its name. */
  readonly kindOf?: (error: unknown) => string;
  /** Resolves when the dependency can do its work again; should test what the calls need (a write, say). */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  readonly timing?: Timing;
}

const buckets = 10;
/** More than this share of at least so many recent calls makes it sluggish: about what a p95 is. */
const sluggishPercent = 5;
/** What callers are told to wait while an operator holds it open: nobody knows how long that will be. */
const heldRetryMs = 30_000;

/** Opossum is told outcomes, not errors: what happened stays with us. */
const recordedFailure = new Error('recorded failure');
const ignored = (): void => {};

/**
 * Stands between callers and one dependency. Its modes:
 *
 * - **closed**: calls pass, as many at once as the bulkhead allows. Left for *open* by a `trip`, by `failuresInARow`, by the error rate,
 *   or by the share of slow answers.
 * - **open**: calls are refused at once, those waiting for a place too; the prober asks. Left for *ramping* by its good answers in a row.
 *   Results of calls that began before count for nothing.
 * - **ramping**: like closed, but the calls at once grow from 1 to the limit. Left for *closed* when `rampMs` have passed, for *open* as above; then
 *   it is the same outage, and the prober goes on as patiently as it had become.
 *
 * An operator may hold it open (nobody probes) or closed (nothing opens it), and release it.
 *
 * Opossum holds the state and the rolling statistics and is never in the data path: the call runs here, under our deadline, and only its outcome
 * is reported. So nothing Opossum does (shared abort controllers, half-open, fallbacks, listeners that throw) can change a result. It is never
 * fired while open, because refused calls would water down its error rate for a whole window after the recovery.
 */
export class Breaker implements AsyncDisposable {
  readonly name: string;
  readonly policy: BreakerPolicy;
  readonly counts: BreakerCounts = { calls: 0, rejected: 0, full: 0, deadlines: 0 };
  readonly #classify: (error: unknown) => Verdict;
  readonly #kindOf: (error: unknown) => string;
  readonly #timing: Timing;
  /** Turns Opossum's window, so that we can also clear it: failures from before an outage must not re-open the breaker after it. */
  readonly #window = new EventEmitter();
  readonly #circuit: CircuitBreaker<[failed: boolean], void>;
  readonly #slow = new RollingShare(buckets);
  readonly #sluggish = new RollingShare(buckets);
  readonly #bulkhead: Bulkhead;
  readonly #prober: Prober;
  readonly #stopTurning: Cancel;
  readonly #listeners = new Set<(transition: Transition) => void>();
  readonly #slowMs: number;
  #state: BreakerState = 'closed';
  #since: number;
  #hold: Hold | undefined;
  /** Counts openings; a result of an older generation is not reported. */
  #generation = 0;
  #failuresInARow = 0;
  /** The present trouble: when the first call that met it began, when one last failed, and how many have. */
  readonly #trouble = { since: 0, last: -Infinity, failures: 0 };
  #late = 0;
  #rampStartedAt = 0;
  #cause: unknown;
  #incidentId: string | undefined;
  #closed: PromiseWithResolvers<void> | undefined;
  #disposed = false;

  constructor(options: BreakerOptions) {
    this.name = options.name;
    this.policy = { ...defaultPolicy, ...options.policy };
    this.#classify = options.classify;
    this.#kindOf = options.kindOf ?? defaultKindOf;
    this.#timing = options.timing ?? realTiming;
    this.#since = this.#timing.now();
    this.#slowMs = (this.policy.deadlineMs * this.policy.slowPercentOfDeadline) / 100;
    this.#bulkhead = new Bulkhead(
      () => this.#limit(),
      { queue: this.policy.queue, waitMs: this.policy.queueWaitMs },
      this.#timing,
      () => {
        this.counts.full += 1;
        return new BulkheadFull(this.name, this.policy.queueWaitMs);
      },
    );
    this.#prober = new Prober(options.probe, this.policy.probe, this.#timing, () => this.#recover());
    this.#circuit = new CircuitBreaker<[boolean], void>((failed) => (failed ? Promise.reject(recordedFailure) : Promise.resolve()), {
      name: options.name,
      timeout: false,
      resetTimeout: 2 ** 31 - 1, // The prober closes it; half-open is never used.
      errorThresholdPercentage: this.policy.errorPercent,
      volumeThreshold: this.policy.minimumCalls,
      rollingCountTimeout: this.policy.windowMs,
      rollingCountBuckets: buckets,
      rollingPercentilesEnabled: false, // Sorting every latency on every failure would stop the process in a failure storm.
      enableSnapshots: false,
      rotateBucketController: this.#window,
    });
    this.#circuit.on('open', () => this.#opened());
    this.#stopTurning = this.#timing.every(this.policy.windowMs / buckets, () => this.#turn());
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** How long a caller should wait before it tries again: 0 unless open. */
  get retryAfterMs(): number {
    if (this.#state !== 'open') return 0;
    return this.#hold === 'open' ? heldRetryMs : Math.ceil(this.#prober.earliestRecoveryMs);
  }

  /** How long it has been in its state. */
  get sinceMs(): number {
    return this.#timing.now() - this.#since;
  }

  /** What opened it, while it is open; with the same in one word. */
  get cause(): { readonly error: unknown; readonly kind: string } | undefined {
    return this.#state === 'open' ? { error: this.#cause, kind: this.#kind(this.#cause) } : undefined;
  }

  get held(): Hold | undefined {
    return this.#hold;
  }

  /** Answers come, but more than a few of the recent ones took longer than `sluggishMs`. */
  get isSluggish(): boolean {
    return this.#sluggish.exceeds(sluggishPercent, this.policy.minimumCalls);
  }

  /** For metrics: what is under way at this moment; `late` are those whose caller was told at the deadline and whose work has not ended. */
  get load(): { readonly inFlight: number; readonly waiting: number; readonly limit: number; readonly late: number } {
    return { inFlight: this.#bulkhead.inside, waiting: this.#bulkhead.waiting, limit: this.#limit(), late: this.#late };
  }

  /**
   * Runs `work` unless the dependency is known to be out. The signal is aborted at the deadline: `work` should then stop and must settle soon,
   * because it keeps its place in the bulkhead until it has.
   * @throws DependencyUnavailable while open; BulkheadFull (one of those) when too much is under way already;
   * DeadlineExceeded when the time is up; otherwise whatever `work` throws.
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#refuses) throw this.#refusal();
    const place = this.#bulkhead.enter();
    if (place) {
      await place;
      if (this.#refuses) {
        this.#bulkhead.leave();
        throw this.#refusal();
      }
    }
    this.counts.calls += 1;
    const generation = this.#generation;
    const startedAt = this.#timing.now();
    let lateEnd: Promise<void> | undefined;
    try {
      const result = await withDeadline(work, this.policy.deadlineMs, this.#timing, (ended) => {
        this.counts.deadlines += 1;
        this.#late += 1;
        lateEnd = ended;
      });
      this.#report(generation, 'ok', this.#timing.now() - startedAt, undefined);
      return result;
    } catch (error) {
      this.#report(generation, this.#verdict(error), this.#timing.now() - startedAt, error);
      throw error;
    } finally {
      // After the report, so that nobody is let in on a database that this call has just found to be out.
      if (lateEnd) void lateEnd.then(this.#leaveLate);
      else this.#bulkhead.leave();
    }
  }

  /** Resolves when calls may pass again; at once when they may now. @throws DependencyUnavailable when the breaker is disposed of first. */
  whenClosed(): Promise<void> {
    if (this.#disposed) return Promise.reject(this.#unavailable());
    if (this.#state !== 'open') return Promise.resolve();
    this.#closed ??= Promise.withResolvers<void>();
    return this.#closed.promise;
  }

  /** Calls the listener at every change of state, before the next call is let in or refused. @returns what ends that. */
  onTransition(listener: (transition: Transition) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens it on what somebody else knows: a sibling on the same server has tripped. */
  open(cause: unknown): void {
    if (this.#disposed || this.#hold) return;
    this.#cause = cause;
    this.#circuit.open();
  }

  /** Keeps it open, or closed, until `release`. Held open nobody probes; held closed no failure opens it. */
  hold(state: Hold): void {
    if (this.#disposed) return;
    this.#hold = undefined;
    if (state === 'open') {
      this.open(new HeldOpen(`an operator holds ${this.name} open`));
      this.#prober.stop();
    } else if (this.#state === 'open') {
      this.#prober.stop();
      this.#recover();
    }
    this.#hold = state;
  }

  /** Gives it back to itself. What was held open is probed at once and goes on when the dependency is well. */
  release(): void {
    const held = this.#hold;
    this.#hold = undefined;
    if (held === 'open' && this.#state === 'open') this.#prober.askSoon();
  }

  /** Somebody knows that the dependency is back: the next probe need not wait for its time. */
  probeSoon(): void {
    if (this.#state === 'open' && !this.#hold && !this.#disposed) this.#prober.askSoon();
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#disposed) {
      this.#disposed = true;
      this.#stopTurning();
      this.#prober.stop();
      this.#bulkhead.refuseWaiting(this.#unavailable());
      this.#closed?.promise.catch(ignored);
      this.#closed?.reject(this.#unavailable());
      this.#circuit.shutdown();
    }
    return Promise.resolve();
  }

  /** By our state, not Opossum's: that one is half-open by itself when its longest timer runs out, after 25 days. */
  get #refuses(): boolean {
    return this.#state === 'open' || this.#disposed;
  }

  readonly #leaveLate = (): void => {
    this.#late -= 1;
    this.#bulkhead.leave();
  };

  #limit(): number {
    if (this.#state !== 'ramping') return this.policy.concurrency;
    const share = (this.#timing.now() - this.#rampStartedAt) / this.policy.rampMs;
    return Math.min(this.policy.concurrency, 1 + Math.floor((this.policy.concurrency - 1) * share));
  }

  /** A classifier that throws must neither hang the call nor change what its caller sees. */
  #verdict(error: unknown): Verdict {
    try {
      return this.#classify(error);
    } catch (defect) {
      warn(defect);
      return 'neutral';
    }
  }

  #report(generation: number, verdict: Verdict, tookMs: number, error: unknown): void {
    if (verdict === 'neutral' || generation !== this.#generation || this.#state === 'open' || this.#disposed || this.#hold === 'closed') return;
    if (verdict === 'ok') {
      this.#failuresInARow = 0;
      void this.#circuit.fire(false);
      const slow = tookMs > this.#slowMs;
      this.#slow.record(slow);
      this.#sluggish.record(tookMs > this.policy.sluggishMs);
      if (slow && this.#slow.exceeds(this.policy.slowPercent, this.policy.minimumCalls)) this.open(new TooSlow(`${this.name} answers too slowly`));
      return;
    }
    this.#cause = error;
    this.#failuresInARow += 1;
    this.#noteTrouble(tookMs);
    this.#circuit.fire(true).catch(ignored);
    if (verdict === 'trip' || this.#failuresInARow >= this.policy.failuresInARow) this.#circuit.open();
  }

  #noteTrouble(tookMs: number): void {
    const now = this.#timing.now();
    const trouble = this.#trouble;
    if (now - trouble.last > this.policy.windowMs) {
      trouble.since = now - tookMs;
      trouble.failures = 0;
    }
    trouble.last = now;
    trouble.failures += 1;
  }

  #opened(): void {
    this.#generation += 1;
    this.#incidentId = randomUUID();
    this.#prober.start(this.#cause, this.#state === 'ramping');
    const { since, failures } = this.#trouble;
    // Whoever is inside while it opens has met the trouble as well, most likely. The call that opened it has not left yet.
    const opening = failures > 0 ? { tookMs: Math.round(this.#timing.now() - since), calls: failures + Math.max(this.#bulkhead.inside - this.#late - 1, 0) } : undefined;
    this.#become('open', this.#cause, opening);
    this.#bulkhead.refuseWaiting(this.#unavailable());
  }

  #recover(): void {
    for (let bucket = 0; bucket < buckets; bucket += 1) this.#window.emit('rotate');
    this.#slow.clear();
    this.#sluggish.clear();
    this.#failuresInARow = 0;
    this.#trouble.last = -Infinity;
    this.#trouble.failures = 0;
    this.#cause = undefined;
    this.#rampStartedAt = this.#timing.now();
    this.#circuit.close();
    this.#become('ramping');
    this.#incidentId = undefined;
    this.#closed?.resolve();
    this.#closed = undefined;
  }

  #turn(): void {
    this.#window.emit('rotate');
    this.#slow.rotate();
    this.#sluggish.rotate();
    if (this.#state !== 'ramping') return;
    if (this.#timing.now() - this.#rampStartedAt >= this.policy.rampMs) this.#become('closed');
    this.#bulkhead.admitWaiting();
  }

  #become(to: BreakerState, cause?: unknown, opening?: Transition['opening']): void {
    const transition: Transition = {
      breaker: this.name, from: this.#state, to, afterMs: Math.round(this.sinceMs),
      ...(this.#incidentId !== undefined && { incidentId: this.#incidentId }),
      ...(cause !== undefined && { cause, kind: this.#kind(cause) }),
      ...(opening && { opening }),
    };
    this.#state = to;
    this.#since = this.#timing.now();
    for (const listener of this.#listeners) {
      try {
        listener(transition);
      } catch (defect) {
        warn(defect);
      }
    }
  }

  #kind(cause: unknown): string {
    if (cause instanceof HeldOpen) return 'operator';
    if (cause instanceof TooSlow) return 'slow';
    try {
      return this.#kindOf(cause);
    } catch (defect) {
      warn(defect);
      return 'unknown';
    }
  }

  #refusal(): DependencyUnavailable {
    this.counts.rejected += 1;
    return this.#unavailable();
  }

  #unavailable(): DependencyUnavailable {
    return new DependencyUnavailable(this.name, this.retryAfterMs, { cause: this.#cause, incidentId: this.#incidentId });
  }
}

/** Says so, without letting a classifier's or listener's defect take the call down. */
const warn = (defect: unknown): void => process.emitWarning(defect instanceof Error ? defect : String(defect));

class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

const defaultKindOf = (error: unknown): string => {
  const { code, name } = (typeof error === 'object' && error !== null ? error : {}) as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
};
