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
  readonly #receiver: ServiceBusReceiver;
  readonly #completing = new Set<Promise<void>>();
  #exceptions: Promise<void> = Promise.resolve();
  #hasException = false;

  constructor(receiver: ServiceBusReceiver) {
    this.#receiver = receiver;
  }

  /** Resolves when the bus has taken note, and also when it could not: the message then comes again and changes nothing. */
  async settle(message: ServiceBusReceivedMessage, settlement: Exclude<Settlement, { settle: 'release' }>): Promise<void> {
    if (settlement.settle !== 'complete') {
      this.#exceptions = this.#alone(message, settlement);
      return this.#exceptions;
    }
    while (this.#hasException) await this.#exceptions;
    const completing = this.#receiver.completeMessage(message).catch(() => {});
    this.#completing.add(completing);
    await completing;
    this.#completing.delete(completing);
  }

  async #alone(message: ServiceBusReceivedMessage, settlement: Exclude<Settlement, { settle: 'release' | 'complete' }>): Promise<void> {
    await this.#exceptions;
    this.#hasException = true;
    try {
      await Promise.all(this.#completing);
      await nextTick();
      if (settlement.settle === 'abandon') await this.#receiver.abandonMessage(message);
      else {
        await this.#receiver.deadLetterMessage(message, {
          deadLetterReason: settlement.reason,
          deadLetterErrorDescription: settlement.description.slice(0, 1_000),
        });
      }
      await nextTick();
    } catch {
      // The lock or the link is gone: the message is delivered again and meets the same answer.
    } finally {
      this.#hasException = false;
    }
  }
}
