import { messageState, type StoredMessage } from './stored-message.ts';

/** What is looked at without being taken. Walks over the messages of one entity, in the order in which they stand there. */
type Messages = ReadonlyMap<number, StoredMessage>;

/**
 * Active, locked, deferred and scheduled messages, in sequence order.
 * @param isOrdered whether they stand in that order: in a dead-letter queue they do not, and there everything must be seen before the first
 * can be told.
 */
export function peekAt(messages: Messages, from: number, count: number, sessionId: string | undefined, isOrdered: boolean): StoredMessage[] {
  const now = Date.now();
  const found: StoredMessage[] = [];
  for (const message of messages.values()) {
    if (message.sequence < from || (sessionId !== undefined && message.sessionId !== sessionId)) continue;
    if (message.state === messageState.active && !message.lock && message.expiresAt <= now) continue;
    found.push(message);
    if (isOrdered && found.length === count) break;
  }
  return found.sort((a, b) => a.sequence - b.sequence).slice(0, count);
}

/** Active, free messages, the oldest first. */
export function freeMessages(messages: Messages, count: number, enqueuedUntil: number, sessionId: string | undefined): StoredMessage[] {
  const found: StoredMessage[] = [];
  for (const message of messages.values()) {
    if (found.length >= count) break;
    const { state, lock, enqueuedAt } = message;
    if (state !== messageState.active || lock || enqueuedAt > enqueuedUntil) continue;
    if (sessionId === undefined || message.sessionId === sessionId) found.push(message);
  }
  return found;
}
