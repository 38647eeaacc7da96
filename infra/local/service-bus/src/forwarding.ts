import type { Encoding } from './log/encoding.ts';
import type { MessageStore } from './message-store.ts';
import type { StoredMessage } from './stored-message.ts';
import type { Destination } from './topic.ts';

/** A message goes through so many entities at most (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-auto-forwarding). */
const MAX_HOPS = 4;

/** Where a message is on its way through the entities. */
export interface Passage {
  readonly enqueuedAt: number;
  /** Number it was first given, or 0. */
  readonly enqueueSequence: number;
  readonly hops: number;
}

/**
 * Makes the copies of a message in all the entities where it ends up: it follows the rules of topics and the forwarding of queues and
 * subscriptions. `findTarget` is asked at the time, so that an entity removed meanwhile dead-letters rather than loses.
 */
export function copiesOf(destination: Destination, encoding: Encoding, passage: Passage, findTarget: (path: string) => Destination | undefined): StoredMessage[] {
  const copies: StoredMessage[] = [];
  destination.route(encoding, (store, routed) => arrive(store, routed, passage, findTarget, copies));
  return copies;
}

function arrive(store: MessageStore, encoding: Encoding, passage: Passage, findTarget: (path: string) => Destination | undefined, copies: StoredMessage[]): void {
  const copy = store.newCopy(encoding, passage.enqueuedAt, passage.enqueueSequence);
  const { requiresSession, forwardTo } = store.options;
  if (requiresSession && encoding.content.sessionId === undefined) {
    copies.push(store.refuseOnArrival(copy, 'Session ID is null.', 'The entity requires sessions and the message has no session id.'));
    return;
  }
  if (forwardTo === undefined) {
    copies.push(copy);
    return;
  }
  const target = findTarget(forwardTo);
  if (!target) {
    copies.push(store.refuseOnArrival(copy, 'MessagingEntityNotFound', `The messaging entity '${forwardTo}' could not be found.`));
  } else if (passage.hops >= MAX_HOPS) {
    copies.push(store.refuseOnArrival(copy, 'MaxTransferHopCountExceeded', `The message was forwarded more than ${MAX_HOPS} times.`));
  } else {
    encoding.copies -= 1;
    const onward = { ...passage, enqueueSequence: copy.enqueueSequence, hops: passage.hops + 1 };
    target.route(encoding, (next, routed) => arrive(next, routed, onward, findTarget, copies));
  }
}
