import { minutes, seconds } from '@checkout/kernel';
import type { Hearing } from './hearing.ts';

/** What was answered later than this is backlog. New sales are handled before it for so long, and only for so long (`libs/messaging/src/replay.ts`). */
const lateMs = seconds(30);
/** A participant that has answered something of its backlog so lately is still at it. */
const stillMs = minutes(1);

/** How far a participant has come with what one partition asks of it. Times in milliseconds since 1970. */
export interface Progress {
  readonly participant: string;
  readonly partition: string;
  /** When the latest request was made that it has answered. */
  readonly askedAt: number;
  /** The latest answer that came late: when it came, and when it had been asked for. */
  readonly late?: { readonly askedAt: number; readonly answeredAt: number };
}

export function progressOf({ askedAt, answeredAt, ...key }: Hearing): Progress {
  return { ...key, askedAt, ...(answeredAt - askedAt > lateMs && { late: { askedAt, answeredAt } }) };
}

/** What two know together. */
export function together(one: Progress, other: Progress): Progress {
  const late = (other.late?.answeredAt ?? -Infinity) > (one.late?.answeredAt ?? -Infinity) ? other.late : one.late;
  return { ...one, askedAt: Math.max(one.askedAt, other.askedAt), ...(late && { late }) };
}

/**
 * All that was asked before this has been answered, or will not be. While a participant is at a backlog the answers to new sales show nothing about those in
 * the backlog, which they go before.
 */
export function reachedBy({ askedAt, late }: Progress, now: number): number {
  return late && now - late.answeredAt < stillMs ? Math.min(late.askedAt, askedAt) : askedAt;
}
