import type { ServiceBusReceivedMessage, ServiceBusSessionReceiver } from '@azure/service-bus';
import { minutes, seconds, timeOfUuid } from '@checkout/kernel';
import { counter, type Logger } from '@checkout/observability';
import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionLost } from './bus-error.ts';
import { failureProperties } from './failure.ts';
import type { Replay } from './replay.ts';
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
export const maxHoldMs = minutes(10);
/** What is waited for each of the SDK's farewells. */
export const closingMs = 2_000;
/** How long messages at hand may take to finish when their partition is let go without need. */
export const unhurriedMs = seconds(10);

const lostTotal = counter('bus_partitions_lost_total', 'Partitions that were lost before they were let go of', ['topic']);

export interface PartitionOptions {
  readonly topic: string;
  readonly subscription: string;
  readonly logger: Logger;
  /** Handles one message and calls back once. */
  readonly onMessage: (message: ServiceBusReceivedMessage, done: (result: Result) => void) => void;
  /** The connection is gone, as far as can be seen here. */
  readonly onConnectionLost?: (cause: unknown) => void;
  /** For tests. */
  readonly maxHoldMs?: number;
  /** For tests. */
  readonly defectPauseMs?: (deliveryCount: number) => number;
}

/** The ids of sales begin with the time of the till's command. */
const begunAtOf = ({ correlationId }: ServiceBusReceivedMessage): number | undefined => (typeof correlationId === 'string' ? timeOfUuid(correlationId) : undefined);

/** Each delivery that ended by our doing has left what failed with the message. */
const isSuspect = ({ deliveryCount = 0, applicationProperties }: ServiceBusReceivedMessage): boolean =>
  deliveryCount >= suspectAfter && applicationProperties?.['failure-class'] === undefined;

/** What its holder says to it, and hears of it. */
interface HolderTold {
  /** Whether one message is handled at a time; and that it has to be, or need not be any more. */
  readonly isNarrow: boolean;
  readonly narrow: (isNarrow: boolean) => void;
  readonly outage: (cause: unknown) => void;
  readonly received: (message: ServiceBusReceivedMessage) => void;
  readonly replay: Replay;
}

/** One partition while this process owns it. */
export class HeldPartition {
  readonly closed: Promise<void>;
  readonly #receiver: ServiceBusSessionReceiver;
  readonly #options: PartitionOptions;
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

  constructor(receiver: ServiceBusSessionReceiver, options: PartitionOptions, tell: HolderTold) {
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
