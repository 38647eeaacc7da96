import type { DeadLetterQueues, Queue, QueuedMessage } from './ports.ts';

const pageSize = 100;

/** Looks at messages of a dead-letter queue by their numbers, without taking them. Those that are gone are left out. */
export async function readMessages(queues: Pick<DeadLetterQueues, 'peek'>, queue: Queue, sequenceNumbers: readonly bigint[]): Promise<ReadonlyMap<bigint, QueuedMessage>> {
  const found = new Map<bigint, QueuedMessage>();
  const wanted = new Set(sequenceNumbers);
  const last = sequenceNumbers.at(-1) ?? -1n;
  for (let from = sequenceNumbers[0] ?? 0n; from <= last;) {
    const messages = await queues.peek(queue, from, pageSize);
    for (const message of messages) if (wanted.has(message.sequenceNumber)) found.set(message.sequenceNumber, message);
    const end = messages.at(-1)?.sequenceNumber;
    if (end === undefined) break;
    from = end + 1n;
  }
  return found;
}
