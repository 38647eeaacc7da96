import { SequenceQueue } from './sequence-queue.ts';
import type { StoredMessage } from './stored-message.ts';

const waiting = (sequence: number): StoredMessage => ({ sequence, isGone: false, lock: undefined, state: 0 }) as StoredMessage;

function drain(queue: SequenceQueue): number[] {
  const sequences: number[] = [];
  for (let message = queue.shift(); message; message = queue.shift()) sequences.push(message.sequence);
  return sequences;
}

describe('the queue of waiting messages', () => {
  it('gives returned messages back at their old position', () => {
    const queue = new SequenceQueue();
    const messages = [1, 2, 3, 4, 5, 6].map(waiting);
    for (const message of messages) queue.push(message);
    const taken = [queue.shift(), queue.shift(), queue.shift()];
    for (const message of taken.toReversed()) if (message) queue.push(message);
    expect(drain(queue)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('passes over what is gone', () => {
    const queue = new SequenceQueue();
    const messages = [1, 2, 3].map(waiting);
    for (const message of messages) queue.push(message);
    Object.assign(messages[0] ?? {}, { isGone: true });
    expect(queue.peek()?.sequence).toBe(2);
    expect(drain(queue)).toEqual([2, 3]);
  });

  it('keeps the order over thousands of turns', () => {
    const queue = new SequenceQueue();
    const seen: number[] = [];
    for (let sequence = 1; sequence <= 5000; sequence += 1) {
      queue.push(waiting(sequence));
      if (sequence % 3 === 0) seen.push(queue.shift()?.sequence ?? 0);
    }
    expect([...seen, ...drain(queue)]).toEqual(Array.from({ length: 5000 }, (_unused, index) => index + 1));
  });
});
