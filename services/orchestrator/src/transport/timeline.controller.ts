import { Caller, Requires, type Principal } from '@checkout/auth';
import { SaleId, type http } from '@checkout/contracts';
import { ZodParams } from '@checkout/http';
import type { Logger } from '@checkout/observability';
import { Controller, Get, Headers, Inject, Res, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ReadTimeline } from '../application/read-timeline.ts';
import { sendStory, visible } from './send-story.ts';
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
    const { entries } = visible(caller, await this.#timeline.read(caller.tenantId, saleId), 'sale');
    return { saleId, entries };
  }

  @Get(':saleId/events')
  @Requires('checkout:read')
  events(@Caller() caller: Principal, @ZodParams(OfSale) { saleId }: OfSale, @Headers('last-event-id') lastEventId: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    return sendStory(reply, caller, this.#timeline, { id: saleId, what: 'sale', lastEventId, closing: this.#closing.signal }, this.#logger);
  }

  /** Streams would keep a process that is told to end; their clients find another. */
  onModuleDestroy(): void {
    this.#closing.abort();
  }
}
