import type { ServiceBusReceivedMessage } from '@azure/service-bus';

/**
 * What the messages that wait for their turn in one partition said last about each sale.
 *
 * A sale that hears nothing asks again, in the same words under a new id; an outage of ten minutes makes four requests of one. While one waits, another
 * adds nothing: whatever becomes of it, its answer is the answer to both. Only the last words count, so that what is said again after something else
 * is not passed over.
 */
export class LastWords {
  readonly #bySale = new Map<unknown, { readonly words: string | undefined }>();

  /** Says the same as the last that waits about its sale. */
  isRepeatedBy(message: ServiceBusReceivedMessage): boolean {
    const last = this.#bySale.get(message.correlationId);
    return last?.words !== undefined && last.words === wordsOf(message);
  }

  /** Remembers the message for as long as it waits for its turn, and resolves as that does. */
  async until<T>(turn: Promise<T>, message: ServiceBusReceivedMessage): Promise<T> {
    const sale = message.correlationId;
    const said = { words: wordsOf(message) };
    this.#bySale.set(sale, said);
    try {
      return await turn;
    } finally {
      if (this.#bySale.get(sale) === said) this.#bySale.delete(sale);
    }
  }
}

/** Nothing for what is about no sale, and for a dead letter sent again: whoever did that waits to hear what became of this very message. */
const wordsOf = ({ correlationId, subject, body, applicationProperties }: ServiceBusReceivedMessage): string | undefined =>
  correlationId === undefined || applicationProperties?.['replayOf'] !== undefined ? undefined : JSON.stringify([subject, applicationProperties?.['tenant'], body]);
