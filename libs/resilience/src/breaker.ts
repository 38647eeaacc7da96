import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import { Bulkhead } from './bulkhead.ts';
import { withDeadline } from './deadline.ts';
import { BulkheadFull, DependencyUnavailable } from './errors.ts';
import { Prober, type ProbePolicy } from './prober.ts';
import { RollingShare } from './rolling-share.ts';
import { realTiming, type Cancel, type Timing } from './timing.ts';

/**
 * What one outcome says about the dependency. `ok`: it answered, if only to say no. `fail`: it did not; enough of these open the breaker.
 * `trip`: it said itself that it is out; one opens the breaker. `neutral`: it says nothing (our own mistake, a caller who gave up).
 */
export type Verdict = 'ok' | 'fail' | 'trip' | 'neutral';

export interface BreakerPolicy {
  /** Wall-clock time one call may take. */
  readonly deadlineMs: number;
  /** Calls at once, how many may wait for a place, and how long. */
  readonly concurrency: number;
  readonly queue: number;
  readonly queueWaitMs: number;
  /** Opens when more than this share of at least `minimumCalls` calls of the last `windowMs` failed … */
  readonly windowMs: number;
  readonly minimumCalls: number;
  readonly errorPercent: number;
  /** … or this many in a row did, which a quiet shop reaches as well … */
  readonly failuresInARow: number;
  /** … or this share of them took more than `slowPercentOfDeadline` of the deadline: it answers, but soon nobody will wait for it. */
  readonly slowPercent: number;
  readonly slowPercentOfDeadline: number;
  /** How long after an outage the calls at once grow from 1 to `concurrency`. */
  readonly rampMs: number;
  readonly probe: ProbePolicy;
}

/** The measured design (docs: reliability §6.3, §6.4). A dependency overrides what its own budget says. */
export const defaultPolicy: BreakerPolicy = {
  deadlineMs: 3_000,
  concurrency: 8,
  queue: 16,
  queueWaitMs: 150,
  windowMs: 5_000,
  minimumCalls: 20,
  errorPercent: 50,
  failuresInARow: 5,
  slowPercent: 80,
  slowPercentOfDeadline: 70,
  rampMs: 10_000,
  probe: { goodInARow: 3, gapMs: 200, deadlineMs: 400, delaysMs: () => [1_000, 2_000, 4_000, 8_000] },
};

export type BreakerState = 'closed' | 'open' | 'ramping';

export interface Transition {
  readonly breaker: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** What opened it; absent on the way back. */
  readonly cause?: unknown;
}

export interface BreakerOptions {
  /** The key: service, database and lane, as in `payment/payment/work`. */
  readonly name: string;
  readonly policy?: Partial<BreakerPolicy>;
  readonly classify: (error: unknown) => Verdict;
  /** Resolves when the dependency can do its work again; should test what the calls need (a write, say). */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  readonly timing?: Timing;
}

const buckets = 10;

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
 * - **ramping**: like closed, but the calls at once grow from 1 to the limit. Left for *closed* when `rampMs` have passed, for *open* as above.
 *
 * Opossum holds the state and the rolling statistics and is never in the data path: the call runs here, under our deadline, and only its outcome
 * is reported. So nothing Opossum does (shared abort controllers, half-open, fallbacks, listeners that throw) can change a result. It is never
 * fired while open, because refused calls would water down its error rate for a whole window after the recovery.
 */
export class Breaker implements AsyncDisposable {
  readonly name: string;
  readonly policy: BreakerPolicy;
  readonly #classify: (error: unknown) => Verdict;
  readonly #timing: Timing;
  /** Turns Opossum's window, so that we can also clear it: failures from before an outage must not re-open the breaker after it. */
  readonly #window = new EventEmitter();
  readonly #circuit: CircuitBreaker<[failed: boolean], void>;
  readonly #slow = new RollingShare(buckets);
  readonly #bulkhead: Bulkhead;
  readonly #prober: Prober;
  readonly #stopTurning: Cancel;
  readonly #listeners = new Set<(transition: Transition) => void>();
  readonly #slowMs: number;
  #state: BreakerState = 'closed';
  /** Counts openings; a result of an older generation is not reported. */
  #generation = 0;
  #failuresInARow = 0;
  #rampStartedAt = 0;
  #cause: unknown;
  #closed: PromiseWithResolvers<void> | undefined;
  #disposed = false;

  constructor(options: BreakerOptions) {
    this.name = options.name;
    this.policy = { ...defaultPolicy, ...options.policy };
    this.#classify = options.classify;
    this.#timing = options.timing ?? realTiming;
    this.#slowMs = (this.policy.deadlineMs * this.policy.slowPercentOfDeadline) / 100;
    this.#bulkhead = new Bulkhead(
      () => this.#limit(),
      { queue: this.policy.queue, waitMs: this.policy.queueWaitMs },
      this.#timing,
      () => new BulkheadFull(this.name, this.policy.queueWaitMs),
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
    return this.#state === 'open' ? Math.ceil(this.#prober.earliestRecoveryMs) : 0;
  }

  /** For metrics: what is under way at this moment. */
  get load(): { readonly inFlight: number; readonly waiting: number; readonly limit: number } {
    return { inFlight: this.#bulkhead.inside, waiting: this.#bulkhead.waiting, limit: this.#limit() };
  }

  /**
   * Runs `work` unless the dependency is known to be out. The signal is aborted at the deadline: `work` should then stop and must settle soon,
   * because it keeps its place in the bulkhead until it has.
   * @throws DependencyUnavailable while open; BulkheadFull (one of those) when too much is under way already;
   * DeadlineExceeded when the time is up; otherwise whatever `work` throws.
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#circuit.opened || this.#disposed) throw this.#unavailable();
    const place = this.#bulkhead.enter();
    if (place) {
      await place;
      if (this.#circuit.opened || this.#disposed) {
        this.#bulkhead.leave();
        throw this.#unavailable();
      }
    }
    const generation = this.#generation;
    const startedAt = this.#timing.now();
    let lateEnd: Promise<void> | undefined;
    try {
      const result = await withDeadline(work, this.policy.deadlineMs, this.#timing, (ended) => {
        lateEnd = ended;
      });
      this.#report(generation, 'ok', this.#timing.now() - startedAt, undefined);
      return result;
    } catch (error) {
      this.#report(generation, this.#verdict(error), this.#timing.now() - startedAt, error);
      throw error;
    } finally {
      // After the report, so that nobody is let in on a database that this call has just found to be out.
      if (lateEnd) void lateEnd.then(this.#leave);
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

  /** Opens it on what somebody else knows: a sibling on the same server has tripped, an operator says so. */
  open(cause: unknown): void {
    if (this.#disposed) return;
    this.#cause = cause;
    this.#circuit.open();
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

  readonly #leave = (): void => this.#bulkhead.leave();

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
    if (verdict === 'neutral' || generation !== this.#generation || this.#circuit.opened || this.#disposed) return;
    if (verdict === 'ok') {
      this.#failuresInARow = 0;
      void this.#circuit.fire(false);
      const slow = tookMs > this.#slowMs;
      this.#slow.record(slow);
      if (slow && this.#slow.exceeds(this.policy.slowPercent, this.policy.minimumCalls)) this.open(new Error(`${this.name} answers too slowly`));
      return;
    }
    this.#cause = error;
    this.#failuresInARow += 1;
    this.#circuit.fire(true).catch(ignored);
    if (verdict === 'trip' || this.#failuresInARow >= this.policy.failuresInARow) this.#circuit.open();
  }

  #opened(): void {
    this.#generation += 1;
    this.#prober.start(this.#cause);
    this.#become('open', this.#cause);
    this.#bulkhead.refuseWaiting(this.#unavailable());
  }

  #recover(): void {
    for (let bucket = 0; bucket < buckets; bucket += 1) this.#window.emit('rotate');
    this.#slow.clear();
    this.#failuresInARow = 0;
    this.#cause = undefined;
    this.#rampStartedAt = this.#timing.now();
    this.#circuit.close();
    this.#become('ramping');
    this.#closed?.resolve();
    this.#closed = undefined;
  }

  #turn(): void {
    this.#window.emit('rotate');
    this.#slow.rotate();
    if (this.#state !== 'ramping') return;
    if (this.#timing.now() - this.#rampStartedAt >= this.policy.rampMs) this.#become('closed');
    this.#bulkhead.admitWaiting();
  }

  #become(to: BreakerState, cause?: unknown): void {
    const transition: Transition = { breaker: this.name, from: this.#state, to, ...(cause !== undefined && { cause }) };
    this.#state = to;
    for (const listener of this.#listeners) {
      try {
        listener(transition);
      } catch (defect) {
        warn(defect);
      }
    }
  }

  #unavailable(): DependencyUnavailable {
    return new DependencyUnavailable(this.name, this.retryAfterMs, { cause: this.#cause });
  }
}

/** Says so, without letting a classifier's or listener's defect take the call down. */
const warn = (defect: unknown): void => process.emitWarning(defect instanceof Error ? defect : String(defect));
