import { isServiceBusError, type ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusSessionReceiver } from '@azure/service-bus';
import { minutes, seconds, timeOfUuid } from '@checkout/kernel';
import { counter, type Logger } from '@checkout/observability';
import { setTimeout as sleep } from 'node:timers/promises';
import { sdkTimeoutMs } from './bus.ts';
import { causeOf, isConnectionLost } from './bus-error.ts';
import { failureProperties } from './failure.ts';
import { Replay, type ReplayOptions } from './replay.ts';
import { Settler } from './settler.ts';
import { defectPauseMs, settlementOf } from './settle.ts';
import { within } from './within.ts';
import type { Result } from './work.ts';

/**
 * Unsettled messages that one partition may have in this process, about 3 KB each. In a backlog live sales are found only when they are among them. More
 * is not to be had: the AMQP library keeps what came through a link in a ring of 2,048 that is freed from its oldest end only, so that nothing comes
 * any more once so much has come since the oldest unsettled message (rhea 3.0.5, lib/session.js).
 */
const maxUnsettled = 2_000;
/**
 * Deliveries of a message that ended with nothing, not even a failure, before it is handled alone: it may be what ends the process each time, and what is
 * delivered beside it spends deliveries with it.
 */
const suspectAfter = 3;
/** A partition without work is let go after this long, so that another instance can take it and share the load. */
const idleReleaseMs = seconds(60);
/** No partition is held for longer, so that instances that start later get their share. */
const maxHoldMs = minutes(10);
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
/** What is waited for each of the SDK's farewells. */
const closingMs = 2_000;
/** How long messages at hand may take to finish when their partition is let go without need. */
const unhurriedMs = seconds(10);

const lostTotal = counter('bus_partitions_lost_total', 'Partitions that were lost before they were let go of', ['topic']);

export interface PumpOptions {
  /** The client of the moment. */
  readonly client: () => ServiceBusClient;
  readonly topic: string;
  readonly subscription: string;
  /** How many partitions this process holds at the most. */
  readonly partitions: number;
  readonly logger: Logger;
  /** Handles one message and calls back once. */
  readonly onMessage: (message: ServiceBusReceivedMessage, done: (result: Result) => void) => void;
  /** A message could not be handled because a dependency is down: the pump has let go of everything and waits until this resolves. */
  readonly untilAvailable: () => Promise<void>;
  /** The connection is gone, as far as this pump can see. */
  readonly onConnectionLost?: (cause: unknown) => void;
  readonly onPaused?: (cause: unknown) => void;
  readonly onResumed?: (pausedMs: number) => void;
  /** How fast a backlog is let through. */
  readonly replaySpeed: ReplayOptions['speed'];
  /** For tests. */
  readonly maxHoldMs?: number;
  /** For tests. */
  readonly defectPauseMs?: (deliveryCount: number) => number;
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

/** The ids of sales begin with the time of the till's command. */
const begunAtOf = ({ correlationId }: ServiceBusReceivedMessage): number | undefined => (typeof correlationId === 'string' ? timeOfUuid(correlationId) : undefined);

/** Each delivery that ended by our doing has left what failed with the message. */
const isSuspect = ({ deliveryCount = 0, applicationProperties }: ServiceBusReceivedMessage): boolean =>
  deliveryCount >= suspectAfter && applicationProperties?.['failure-class'] === undefined;

interface HolderTold {
  /** Whether one message is handled at a time; and that it has to be, or need not be any more. */
  readonly isNarrow: boolean;
  readonly narrow: (isNarrow: boolean) => void;
  readonly outage: (cause: unknown) => void;
  readonly received: (message: ServiceBusReceivedMessage) => void;
  readonly replay: Replay;
}

/** One partition while this process owns it. */
class HeldPartition {
  readonly closed: Promise<void>;
  readonly #receiver: ServiceBusSessionReceiver;
  readonly #options: PumpOptions;
  readonly #settler: Settler;
  readonly #tell: HolderTold;
  readonly #subscription: { close(): Promise<void> };
  readonly #timer: NodeJS.Timeout;
  readonly #heldSince = performance.now();
  #lastWorkAt = performance.now();
  #unsettled = 0;
  #giveUpAt = Infinity;
  #releasing: Promise<void> | undefined;
  #resolveClosed: () => void = () => {};

  constructor(receiver: ServiceBusSessionReceiver, options: PumpOptions, tell: HolderTold) {
    this.#receiver = receiver;
    this.#options = options;
    this.#settler = new Settler(receiver);
    this.#tell = tell;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#subscription = receiver.subscribe(
      {
        processMessage: (message) => this.#handle(message),
        processError: async ({ error }) => {
          lostTotal.inc({ topic: options.topic });
          options.logger.warn({ err: error, partition: receiver.sessionId }, 'a partition was lost');
          if (isConnectionLost(error)) options.onConnectionLost?.(error);
          void this.release(0);
        },
      },
      { maxConcurrentCalls: tell.isNarrow ? 1 : maxUnsettled, autoCompleteMessages: false },
    );
    this.#timer = setInterval(() => this.#letGoWhenDue(), 1_000).unref();
  }

  get isBusy(): boolean {
    return this.#unsettled > 0;
  }

  /** The client is gone, and everything that came through it: there is nobody to take leave of. */
  forsake(): void {
    this.#giveUpAt = 0;
    this.#settler.close();
    void this.release(0);
    this.#resolveClosed();
  }

  /** Asked again, it hurries when it is asked to. */
  release(graceMs: number): Promise<void> {
    this.#giveUpAt = Math.min(this.#giveUpAt, performance.now() + graceMs);
    this.#releasing ??= this.#release();
    return this.#releasing;
  }

  async #release(): Promise<void> {
    clearInterval(this.#timer);
    this.#tell.replay.giveBack(this);
    await within(closingMs, this.#subscription.close());
    while (this.#unsettled > 0 && !this.#receiver.isClosed && performance.now() < this.#giveUpAt) await sleep(5);
    this.#settler.close();
    await within(closingMs, this.#receiver.close());
    this.#resolveClosed();
  }

  async #handle(message: ServiceBusReceivedMessage): Promise<void> {
    // What comes while letting go is neither handled nor settled: closing gives it back.
    if (this.#releasing) return;
    if (isSuspect(message) !== this.#tell.isNarrow) return this.#takeAgain();
    this.#lastWorkAt = performance.now();
    this.#tell.received(message);
    this.#unsettled += 1;
    const turn = this.#tell.replay.turnOf(this, message.enqueuedTimeUtc?.getTime() ?? Infinity, begunAtOf(message));
    if (!turn || (await turn)) await this.#handleNow(message);
    this.#unsettled -= 1;
  }

  /** Gives back what was not begun, and has the partition taken again in the width that fits its next message. */
  #takeAgain(): void {
    this.#tell.narrow(!this.#tell.isNarrow);
    void this.release(unhurriedMs);
  }

  #handleNow(message: ServiceBusReceivedMessage): Promise<void> {
    return new Promise((resolve) => {
      this.#options.onMessage(message, (result) => void this.#settle(message, result).finally(resolve));
    });
  }

  async #settle(message: ServiceBusReceivedMessage, result: Result): Promise<void> {
    const settlement = settlementOf(result);
    if (settlement.settle === 'release') {
      // News of an outage from before this partition was let go is no news.
      if (!this.#releasing) this.#tell.outage(settlement.because);
      return;
    }
    const { logger, topic, subscription } = this.#options;
    if (settlement.settle === 'dead-letter') {
      logger.warn({ topic, subscription, messageId: message.messageId, reason: settlement.reason, detail: settlement.description }, 'a message is dead-lettered');
    }
    if (settlement.settle === 'abandon') {
      logger.error({ err: settlement.because, topic, subscription, messageId: message.messageId }, 'a message could not be handled');
      await sleep((this.#options.defectPauseMs ?? defectPauseMs)(message.deliveryCount ?? 0), undefined, { ref: false });
    }
    const firstFailedAt = message.applicationProperties?.['failure-first-at'];
    const properties = settlement.settle === 'complete' ? {} : failureProperties(settlement.because, { service: subscription, firstFailedAt, now: new Date() });
    await this.#settler.settle(message, settlement.settle === 'complete' ? settlement : { ...settlement, properties });
  }

  #letGoWhenDue(): void {
    const now = performance.now();
    // The SDK closes a receiver whose session lock is lost; nothing more will come of it.
    if (this.#receiver.isClosed) void this.release(0);
    else if (now - this.#heldSince > (this.#options.maxHoldMs ?? maxHoldMs)) void this.release(unhurriedMs);
    else if (this.#unsettled === 0 && now - this.#lastWorkAt > idleReleaseMs) void this.release(unhurriedMs);
  }
}
