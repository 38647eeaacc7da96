import type { Consumer } from './consumer.ts';

/** The receivers of an entity without sessions, who take turns. */
export class ConsumerRing {
  readonly #consumers: Consumer[] = [];
  #last = 0;

  [Symbol.iterator](): Iterator<Consumer> {
    return this.#consumers.values();
  }

  add(consumer: Consumer): void {
    this.#consumers.push(consumer);
  }

  remove(consumer: Consumer): void {
    const index = this.#consumers.indexOf(consumer);
    if (index >= 0) this.#consumers.splice(index, 1);
  }

  /** Whose turn it is of those that can take a message now. */
  next(): Consumer | undefined {
    const { length } = this.#consumers;
    for (let tried = 0; tried < length; tried += 1) {
      this.#last = (this.#last + 1) % length;
      const consumer = this.#consumers[this.#last];
      if (consumer && consumer.capacity > 0) return consumer;
    }
    return undefined;
  }
}
