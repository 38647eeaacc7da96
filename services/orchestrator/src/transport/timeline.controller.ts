import { assertStore, Caller, Requires, type Principal } from '@checkout/auth';
import { SaleId, type http } from '@checkout/contracts';
import { Problem, ZodParams } from '@checkout/http';
import type { Logger } from '@checkout/observability';
import { Controller, Get, Headers, Inject, Res, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ReadTimeline } from '../application/read-timeline.ts';
import type { Story } from '../application/ports.ts';
import { isOver } from '../domain/checkout.ts';
import { lastEventIdOf, streamEvents, untilGone, type StreamedEvent } from './event-stream.ts';
import { LOGGER } from './tokens.ts';

export const OfSale = z.strictObject({ saleId: SaleId });
type OfSale = z.output<typeof OfSale>;

/** How one sale went, as a list and live. */
@Controller('v1/checkouts')
export class TimelineController implements OnModuleDestroy {
  readonly #timeline: ReadTimeline;
  readonly #logger: Logger;
  readonly #closing = new AbortController();

  constructor(@Inject(ReadTimeline) timeline: ReadTimeline, @Inject(LOGGER) logger: Logger) {
    this.#timeline = timeline;
    this.#logger = logger;
  }

  @Get(':saleId/timeline')
  @Requires('checkout:read')
  async timeline(@Caller() caller: Principal, @ZodParams(OfSale) { saleId }: OfSale): Promise<{ readonly saleId: OfSale['saleId']; readonly entries: readonly http.TimelineEntry[] }> {
    const { entries } = visible(caller, await this.#timeline.read(caller.tenantId, saleId));
    return { saleId, entries };
  }

  /** Ends after the sale's last entry. A client that has it already is told by 204 not to come again. */
  @Get(':saleId/events')
  @Requires('checkout:read')
  async events(@Caller() caller: Principal, @ZodParams(OfSale) { saleId }: OfSale, @Headers('last-event-id') lastEventId: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const after = lastEventIdOf(lastEventId);
    const gone = AbortSignal.any([untilGone(reply), this.#closing.signal]);
    const story = visible(caller, await this.#timeline.awaited(caller.tenantId, saleId, after, gone));
    if (isOver(story) && story.entries.length === 0) return void reply.status(204).send();
    try {
      await streamEvents(reply, asEvents(this.#timeline.follow(caller.tenantId, saleId, after, gone)));
    } catch (err) {
      // The answer has begun, so no problem document can follow. The client comes back with the last id that it saw.
      this.#logger.warn({ err, tenantId: caller.tenantId, saleId }, 'an event stream broke off');
    }
  }

  /** Streams would keep a process that is told to end; their clients find another. */
  onModuleDestroy(): void {
    this.#closing.abort();
  }
}

/** @throws Problem not-found, AuthError store-mismatch */
function visible(caller: Principal, story: Story | undefined): Story {
  if (!story) throw new Problem('not-found', { detail: 'There is no such sale.' });
  assertStore(caller, story.storeId);
  return story;
}

async function* asEvents(entries: AsyncIterable<http.TimelineEntry>): AsyncGenerator<StreamedEvent, void> {
  for await (const entry of entries) yield { id: String(entry.sequence), event: entry.event, data: entry };
}
