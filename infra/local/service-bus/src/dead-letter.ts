import { Encoding } from './log/encoding.ts';
import type { MessageStore } from './message-store.ts';
import type { Changes } from './store-options.ts';
import { StoredMessage } from './stored-message.ts';
import { type Content } from './wire/content.ts';
import { text } from './wire/encode.ts';

/** Why the broker dead-letters a message, as the application-properties its receivers look at. */
export function reason(name: string, description: string): Changes {
  return new Map([['DeadLetterReason', text(name)], ['DeadLetterErrorDescription', text(description)]]);
}

export const expired = (): Changes => reason('TTLExpiredException', 'The message expired and was dead lettered.');

export const exhausted = (attempts: number): Changes =>
  reason('MaxDeliveryCountExceeded', `Message could not be consumed after ${attempts} delivery attempts.`);

/** The message as it arrives in a dead-letter queue: it keeps its sequence number and its count (specification §12). */
export function deadLetterOf(message: StoredMessage, queue: MessageStore, content: Content): StoredMessage {
  const moved = new StoredMessage(queue, message.sequence, message.enqueueSequence, Encoding.of(content), message.enqueuedAt);
  moved.deliveryCount = message.deliveryCount;
  moved.encoding.copies = 1;
  return moved;
}
