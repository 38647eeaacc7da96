import { condition, Refusal } from '../errors.ts';
import { limits } from '../limits.ts';
import type { MessageSession } from '../message-session.ts';
import type { MessageStore } from '../message-store.ts';
import type { SessionWaiter } from '../session-roster.ts';
import type { OutgoingLink } from './outgoing-link.ts';
import { acceptAttach, dotNetTicks, filterValue, refuseAttach, type Sender, types, withholdAttach } from './rhea-link.ts';

const SESSION_FILTER = 'com.microsoft:session-filter';

/**
 * Attaches a receiver to a message session (specification §9.1): the named one at once, or the next available one when there is one.
 * @returns whether this is a session receiver. @throws Refusal when the entity and the receiver do not suit each other.
 */
export function acceptSession(link: Sender, store: MessageStore, consumer: OutgoingLink): boolean {
  const wanted = filterValue(link, SESSION_FILTER);
  if (!store.options.requiresSession) {
    if (wanted === undefined) return false;
    throw new Refusal(condition.notAllowed, `A sessionful message receiver cannot be created on '${store.path}', which does not require sessions.`);
  }
  if (wanted === undefined) throw new Refusal(condition.notAllowed, `It is not possible for an entity that requires sessions to create a non-sessionful message receiver: '${store.path}'.`);
  if (typeof wanted === 'string') grant(link, consumer, store.sessions.open(wanted));
  else waitForNext(link, store, consumer);
  return true;
}

function grant(link: Sender, consumer: OutgoingLink, session: MessageSession): void {
  session.store.ownership.take(session, consumer);
  consumer.session = session;
  acceptAttach(link, {
    filter: { [SESSION_FILTER]: session.id },
    properties: { 'com.microsoft:locked-until-utc': types.wrap_long(dotNetTicks(session.lockedUntil) as never) },
  });
  link.open();
}

/** The answer is kept back until a session is free or the client's time is up. Whoever goes away is forgotten. */
function waitForNext(link: Sender, store: MessageStore, consumer: OutgoingLink): void {
  withholdAttach(link);
  const waiter: SessionWaiter = {
    granted: (session) => {
      clearTimeout(timer);
      grant(link, consumer, session);
    },
  };
  const giveUp = (): void => {
    store.sessions.removeWaiter(waiter);
    clearTimeout(timer);
  };
  const timer = setTimeout(() => {
    giveUp();
    refuseAttach(link, new Refusal(condition.timeout, `No session of '${store.path}' became available in time.`));
  }, timeoutMs(link));
  consumer.whenClosed(giveUp);
  store.ownership.addWaiter(waiter);
}

function timeoutMs(link: Sender): number {
  const asked = (link.properties as Record<string, unknown> | undefined)?.['com.microsoft:timeout'];
  return typeof asked === 'number' ? asked : limits.acceptSessionMs;
}
