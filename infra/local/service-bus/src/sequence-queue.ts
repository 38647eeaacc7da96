import { messageState, type StoredMessage } from './stored-message.ts';

/**
 * Waiting messages in order of their sequence number. New ones come in order and go to a list; returned ones (abandoned, lock
 * expired, session released) go to a heap, so that they keep their old position. Messages that expired meanwhile are dropped
 * when they come to the front.
 */
export class SequenceQueue {
  #fresh: (StoredMessage | undefined)[] = [];
  #head = 0;
  readonly #returned: StoredMessage[] = [];
  #lastFresh = 0;

  push(message: StoredMessage): void {
    if (message.sequence > this.#lastFresh) {
      this.#lastFresh = message.sequence;
      this.#fresh.push(message);
    } else {
      this.#siftUp(message);
    }
  }

  /** The first waiting message, left in place. */
  peek(): StoredMessage | undefined {
    const fresh = this.#firstFresh();
    const returned = this.#firstReturned();
    if (!returned) return fresh;
    return !fresh || returned.sequence < fresh.sequence ? returned : fresh;
  }

  shift(): StoredMessage | undefined {
    const first = this.peek();
    if (!first) return undefined;
    if (first === this.#returned[0]) this.#popReturned();
    else this.#dropFresh();
    return first;
  }

  #firstFresh(): StoredMessage | undefined {
    while (this.#head < this.#fresh.length) {
      const message = this.#fresh[this.#head];
      if (message && isWaiting(message)) return message;
      this.#dropFresh();
    }
    return undefined;
  }

  #dropFresh(): void {
    this.#fresh[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#fresh.length) {
      this.#fresh = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#fresh.length) {
      this.#fresh = this.#fresh.slice(this.#head);
      this.#head = 0;
    }
  }

  #firstReturned(): StoredMessage | undefined {
    for (let first = this.#returned[0]; first; first = this.#returned[0]) {
      if (isWaiting(first)) return first;
      this.#popReturned();
    }
    return undefined;
  }

  #siftUp(message: StoredMessage): void {
    const heap = this.#returned;
    let index = heap.push(message) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (!parent || parent.sequence <= message.sequence) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = message;
  }

  #popReturned(): void {
    const heap = this.#returned;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = index * 2 + 1;
      let child = heap[childIndex];
      const right = heap[childIndex + 1];
      if (child && right && right.sequence < child.sequence) {
        child = right;
        childIndex += 1;
      }
      if (!child || child.sequence >= last.sequence) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}

const isWaiting = (message: StoredMessage): boolean => !message.isGone && !message.lock && message.state === messageState.active;
