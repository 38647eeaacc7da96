import { createHash } from 'node:crypto';

/** Ids up to this length show the whole chain of causes; the inbox and Service Bus take 128 characters. */
const maxReadableLength = 100;

/**
 * The id of one of the messages that a message led to: its cause's id and its place among them, so that handling the cause again names the
 * same messages. A chain of causes that has become too long goes on from its digest.
 */
export function messageIdOf(causeId: string, index: number): string {
  const id = `${causeId}.${index}`;
  return id.length <= maxReadableLength ? id : `${createHash('sha256').update(causeId).digest('base64url')}.${index}`;
}
