import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { Settlement } from './settle.ts';

/**
 * Settles the messages of one receiver.
 *
 * Completions of one tick travel together. Any other outcome waits until it has a tick to itself, because the AMQP library merges the
 * settlements of neighbouring messages made in one tick without comparing their outcomes: a dead-letter next to a completion would
 * silently become a completion (rhea 3.0.5, also against the real service).
 */
export class Settler {
  readonly #receiver: Pick<ServiceBusReceiver, 'completeMessage' | 'abandonMessage' | 'deadLetterMessage'>;
  readonly #completing = new Set<Promise<void>>();
  /** Settlements that the bus has not taken note of yet, each with what ends the wait for it. */
  readonly #pending = new Set<() => void>();
  #exceptions: Promise<void> = Promise.resolve();
  #hasException = false;
  #isClosed = false;

  constructor(receiver: Pick<ServiceBusReceiver, 'completeMessage' | 'abandonMessage' | 'deadLetterMessage'>) {
    this.#receiver = receiver;
  }

  /** Resolves when the bus has taken note, and also when it could not: the message then comes again and changes nothing. */
  async settle(message: ServiceBusReceivedMessage, settlement: Exclude<Settlement, { settle: 'release' }>): Promise<void> {
    if (settlement.settle !== 'complete') {
      this.#exceptions = this.#alone(message, settlement);
      return this.#exceptions;
    }
    while (this.#hasException) await this.#exceptions;
    if (this.#isClosed) return;
    const completing = this.#untilClosed(this.#receiver.completeMessage(message));
    this.#completing.add(completing);
    await completing;
    this.#completing.delete(completing);
  }

  /**
   * The receiver is gone or about to go: nothing more is settled, and nobody waits for what is under way. The SDK would, for a minute:
   * it does not connect a lost connection with the settlements that were on it.
   */
  close(): void {
    this.#isClosed = true;
    for (const end of this.#pending) end();
  }

  async #alone(message: ServiceBusReceivedMessage, settlement: Exclude<Settlement, { settle: 'release' | 'complete' }>): Promise<void> {
    await this.#exceptions;
    this.#hasException = true;
    await Promise.all(this.#completing);
    await nextTick();
    if (!this.#isClosed) {
      await this.#untilClosed(settlement.settle === 'abandon'
        ? this.#receiver.abandonMessage(message, settlement.properties)
        : this.#receiver.deadLetterMessage(message, { ...settlement.properties, deadLetterReason: settlement.reason, deadLetterErrorDescription: settlement.description.slice(0, 1_000) }));
      await nextTick();
    }
    this.#hasException = false;
  }

  /** A failure is no news: the lock or the link is gone, the message is delivered again and meets the same answer. */
  #untilClosed(settling: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#pending.delete(end);
        resolve();
      };
      this.#pending.add(end);
      settling.then(end, end);
    });
  }
}
