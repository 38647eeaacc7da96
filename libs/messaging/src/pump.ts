import { isServiceBusError, type ServiceBusClient, type ServiceBusSessionReceiver } from '@azure/service-bus';
import { minutes, seconds } from '@checkout/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import { sdkTimeoutMs } from './bus.ts';
import { causeOf, isConnectionLost } from './bus-error.ts';
import { closingMs, HeldPartition, maxHoldMs, unhurriedMs, type PartitionOptions } from './held-partition.ts';
import { Replay, type ReplayOptions } from './replay.ts';
import { within } from './within.ts';

/** Wait between attempts to take a partition while the bus refuses or cannot be reached. */
const retryMs = 1_000;
/**
 * From here on a worker that waits for a partition gets a stand-in: when the connection is lost while the SDK is opening a link, that
 * call hangs for a minute, but the next one does well.
 */
const overdueMs = sdkTimeoutMs + seconds(1);
/**
 * Taking a partition, or finding that there is none, never takes longer than this; the SDK's own limits come to about two minutes. It can
 * wait for ever, though, when something threw while it was cleaning up after a lost connection, and only a new process mends that.
 */
const stuckAfterMs = minutes(5);
/** A pause lasts at least this long, so that an outage the breaker does not see yet is no busy loop. */
const shortestPauseMs = 200;

export interface PumpOptions extends PartitionOptions {
  /** The client of the moment. */
  readonly client: () => ServiceBusClient;
  /** How many partitions this process holds at the most. */
  readonly partitions: number;
  /** A message could not be handled because a dependency is down: the pump has let go of everything and waits until this resolves. */
  readonly untilAvailable: () => Promise<void>;
  readonly onPaused?: (cause: unknown) => void;
  readonly onResumed?: (pausedMs: number) => void;
  /** How fast a backlog is let through. */
  readonly replaySpeed: ReplayOptions['speed'];
  /** For tests. */
  readonly stuckAfterMs?: number;
}

/**
 * Receives from one subscription, partition by partition.
 *
 * - *accepting*: waits for a partition with work. Left when the bus hands one over.
 * - *holding*: messages flow. Left when the partition is idle, was held long enough, its lock or connection is lost, or on `stop`.
 * - *paused*: a dependency is down; all partitions are closed, which returns their messages without counting a delivery. Left when the
 *   dependency is back.
 *
 * The SDK's session receivers never reconnect by themselves, so each worker is a loop round the three. After `restart` all of them begin anew.
 */
export class Pump {
  readonly #options: PumpOptions;
  readonly #held = new Set<HeldPartition>();
  /** Partitions that are next held for one message at a time. */
  readonly #narrow = new Set<string>();
  readonly #replay: Replay;
  /** Since when each worker that is waiting for a partition has been waiting, and what has another do so in its place. */
  readonly #waiting = new Set<{ readonly since: number; readonly replace: () => void }>();
  readonly #stopping = new AbortController();
  /** Aborted, and made anew, at each restart: wakes those who rest after a failure. */
  #resting = new AbortController();
  #lastWorkAt = performance.now();
  #highestDelivery = 0;
  #outage: Promise<void> | undefined;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#replay = new Replay({ speed: options.replaySpeed });
  }

  start(): void {
    for (let i = 0; i < this.#options.partitions; i += 1) void this.#work();
  }

  /**
   * Takes no more messages, lets those at hand finish for at most `graceMs`, and lets go of all partitions. Workers that are waiting for a
   * partition are not waited for: the SDK does not end that wait before its time, but closing the client does.
   */
  async stop(graceMs = unhurriedMs): Promise<void> {
    this.#stopping.abort();
    this.#resting.abort();
    await Promise.all([...this.#held].map((partition) => partition.release(graceMs)));
  }

  /** Forgets what was received and waited for through the old client, and begins anew with the one of this moment. */
  restart(): void {
    for (const partition of this.#held) partition.forsake();
    for (const { replace } of this.#waiting) replace();
    this.#resting.abort();
    if (!this.#stopping.signal.aborted) this.#resting = new AbortController();
  }

  /** How long no message has come, or been at hand. */
  get idleMs(): number {
    if ([...this.#held].some(({ isBusy }) => isBusy)) this.#lastWorkAt = performance.now();
    return performance.now() - this.#lastWorkAt;
  }

  /** Since the last time this was asked. */
  takeHighestDelivery(): number {
    const highest = this.#highestDelivery;
    this.#highestDelivery = 0;
    return highest;
  }

  get topic(): string {
    return this.#options.topic;
  }

  get isPaused(): boolean {
    return this.#outage !== undefined;
  }

  get heldPartitions(): number {
    return this.#held.size;
  }

  /** A worker has been waiting for a partition for longer than the SDK ever should: nothing will come of it in this process. */
  get isStuck(): boolean {
    const latest = performance.now() - (this.#options.stuckAfterMs ?? stuckAfterMs);
    return [...this.#waiting].some(({ since }) => since < latest);
  }

  async #work(): Promise<void> {
    const { topic, subscription, logger } = this.#options;
    let isReplaced = false;
    const replace = (): void => {
      isReplaced = true;
      void this.#work();
    };
    while (!this.#stopping.signal.aborted && !isReplaced) {
      try {
        await this.#outage;
        await this.#hold(replace);
      } catch (err) {
        if (this.#stopping.signal.aborted || isReplaced) return;
        // Nothing to do on this subscription within the SDK's waiting time: the normal state of a quiet shop.
        const cause = causeOf(err);
        if (isServiceBusError(cause) && cause.code === 'ServiceTimeout') continue;
        logger.warn({ err, topic, subscription }, 'no partition could be taken, trying again');
        const { signal } = this.#resting;
        if (isConnectionLost(err)) this.#options.onConnectionLost?.(err);
        await sleep(retryMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  /** @param onOverdue called when the wait for a partition takes too long; one that comes later is still held. */
  async #hold(onOverdue: () => void): Promise<void> {
    const client = this.#options.client();
    const receiver = await this.#accept(client, onOverdue);
    if (this.#stopping.signal.aborted || this.#outage || client !== this.#options.client()) return within(closingMs, receiver.close());
    const { sessionId } = receiver;
    const partition = new HeldPartition(receiver, this.#options, {
      isNarrow: this.#narrow.has(sessionId),
      narrow: (isNarrow) => void (isNarrow ? this.#narrow.add(sessionId) : this.#narrow.delete(sessionId)),
      replay: this.#replay,
      outage: (cause) => this.#pause(cause),
      received: (message) => {
        this.#lastWorkAt = performance.now();
        this.#highestDelivery = Math.max(this.#highestDelivery, (message.deliveryCount ?? 0) + 1);
      },
    });
    this.#held.add(partition);
    try {
      await partition.closed;
    } finally {
      this.#held.delete(partition);
    }
  }

  async #accept(client: ServiceBusClient, onOverdue: () => void): Promise<ServiceBusSessionReceiver> {
    const { topic, subscription } = this.#options;
    let isReplaced = false;
    const wait = {
      since: performance.now(),
      replace: () => {
        clearTimeout(overdue);
        if (isReplaced || this.#stopping.signal.aborted) return;
        isReplaced = true;
        onOverdue();
      },
    };
    const overdue = setTimeout(wait.replace, overdueMs).unref();
    this.#waiting.add(wait);
    try {
      return await client.acceptNextSession(topic, subscription, { maxAutoLockRenewalDurationInMs: maxHoldMs + minutes(1), abortSignal: this.#stopping.signal });
    } finally {
      clearTimeout(overdue);
      this.#waiting.delete(wait);
    }
  }

  #pause(cause: unknown): void {
    for (const partition of this.#held) void partition.release(0);
    if (this.#outage) return;
    const { topic, subscription, logger, onPaused, onResumed } = this.#options;
    const pausedAt = performance.now();
    logger.warn({ topic, subscription, err: cause }, 'receiving is paused until the dependency is back');
    onPaused?.(cause);
    this.#outage = this.#untilAvailable().then(() => {
      this.#outage = undefined;
      this.#lastWorkAt = performance.now();
      if (this.#stopping.signal.aborted) return;
      logger.info({ topic, subscription }, 'receiving goes on');
      onResumed?.(Math.round(performance.now() - pausedAt));
    });
  }

  /** Never rejects: the dependency may be closed for good while we wait, and whoever closes it stops us as well. */
  async #untilAvailable(): Promise<void> {
    const { topic, subscription, logger, untilAvailable } = this.#options;
    await sleep(shortestPauseMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
    while (!this.#stopping.signal.aborted) {
      try {
        return await untilAvailable();
      } catch (err) {
        logger.warn({ err, topic, subscription }, 'whether the dependency is back cannot be told, asking again');
        await sleep(retryMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      }
    }
  }
}
