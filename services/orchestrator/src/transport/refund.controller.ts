import { assertStore, Caller, Requires, type Principal } from '@checkout/auth';
import { RefundId, type http } from '@checkout/contracts';
import type * as kernel from '@checkout/kernel';
import { Problem, ZodParams } from '@checkout/http';
import type { Logger } from '@checkout/observability';
import { Controller, Get, Headers, Inject, Res, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { RefundBook } from '../application/ports.ts';
import type { ReadTimeline } from '../application/read-timeline.ts';
import { sendStory, visible } from './send-story.ts';
import { LOGGER, REFUND_TIMELINE, REFUNDS } from './tokens.ts';

export const OfRefund = z.strictObject({ refundId: RefundId });
type OfRefund = z.output<typeof OfRefund>;

/** How one refund stands and went, for receipt to tell a till. */
@Controller('v1/refunds')
export class RefundController implements OnModuleDestroy {
  readonly #refunds: RefundBook;
  readonly #timeline: ReadTimeline<kernel.RefundId>;
  readonly #logger: Logger;
  readonly #closing = new AbortController();

  constructor(@Inject(REFUNDS) refunds: RefundBook, @Inject(REFUND_TIMELINE) timeline: ReadTimeline<kernel.RefundId>, @Inject(LOGGER) logger: Logger) {
    this.#refunds = refunds;
    this.#timeline = timeline;
    this.#logger = logger;
  }

  @Get(':refundId')
  @Requires('checkout:read')
  async refund(@Caller() caller: Principal, @ZodParams(OfRefund) { refundId }: OfRefund): Promise<http.RefundView> {
    const refund = await this.#refunds.find(caller.tenantId, refundId);
    if (!refund) throw new Problem('not-found', { detail: 'There is no such refund.' });
    assertStore(caller, refund.storeId);
    return refund;
  }

  @Get(':refundId/timeline')
  @Requires('checkout:read')
  async timeline(@Caller() caller: Principal, @ZodParams(OfRefund) { refundId }: OfRefund): Promise<{ readonly refundId: OfRefund['refundId']; readonly entries: readonly http.TimelineEntry[] }> {
    const { entries } = visible(caller, await this.#timeline.read(caller.tenantId, refundId), 'refund');
    return { refundId, entries };
  }

  @Get(':refundId/events')
  @Requires('checkout:read')
  events(@Caller() caller: Principal, @ZodParams(OfRefund) { refundId }: OfRefund, @Headers('last-event-id') lastEventId: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    return sendStory(reply, caller, this.#timeline, { id: refundId, what: 'refund', lastEventId, closing: this.#closing.signal }, this.#logger);
  }

  onModuleDestroy(): void {
    this.#closing.abort();
  }
}
