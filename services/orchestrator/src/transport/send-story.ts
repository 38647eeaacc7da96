import { assertStore, type Principal } from '@checkout/auth';
import type { http } from '@checkout/contracts';
import type { RefundId, SaleId } from '@checkout/kernel';
import { Problem } from '@checkout/http';
import type { Logger } from '@checkout/observability';
import type { FastifyReply } from 'fastify';
import type { Story } from '../application/ports.ts';
import type { ReadTimeline } from '../application/read-timeline.ts';
import { isOver } from '../domain/run.ts';
import { lastEventIdOf, streamEvents, untilGone, type StreamedEvent } from './event-stream.ts';

/** What is followed, and from where on. */
export interface Followed<Id> {
  readonly id: Id;
  readonly what: 'sale' | 'refund';
  readonly lastEventId: string | undefined;
  /** Aborted when the process is to end. */
  readonly closing: AbortSignal;
}

/** Ends after the last entry of a sale or refund. A client that has it already is told by 204 not to come again. @throws Problem not-found, AuthError store-mismatch */
export async function sendStory<Id extends SaleId | RefundId>(reply: FastifyReply, caller: Principal, timeline: ReadTimeline<Id>, { id, what, lastEventId, closing }: Followed<Id>, logger: Logger): Promise<void> {
  const after = lastEventIdOf(lastEventId);
  const gone = AbortSignal.any([untilGone(reply), closing]);
  const story = visible(caller, await timeline.awaited(caller.tenantId, id, after, gone), what);
  if (isOver(story) && story.entries.length === 0) return void reply.status(204).send();
  try {
    await streamEvents(reply, asEvents(timeline.follow(caller.tenantId, id, after, gone)));
  } catch (err) {
    // The answer has begun, so no problem document can follow. The client comes back with the last id that it saw.
    logger.warn({ err, tenantId: caller.tenantId, [`${what}Id`]: id }, 'an event stream broke off');
  }
}

/** @throws Problem not-found, AuthError store-mismatch */
export function visible(caller: Principal, story: Story | undefined, what: Followed<unknown>['what']): Story {
  if (!story) throw new Problem('not-found', { detail: `There is no such ${what}.` });
  assertStore(caller, story.storeId);
  return story;
}

async function* asEvents(entries: AsyncIterable<http.TimelineEntry>): AsyncGenerator<StreamedEvent, void> {
  for await (const entry of entries) yield { id: String(entry.sequence), event: entry.event, data: entry };
}
