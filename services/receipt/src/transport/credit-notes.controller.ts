import { assertStore, Caller, Requires, type Principal } from '@checkout/auth';
import { RefundId, type http } from '@checkout/contracts';
import { Problem, ZodParams, ZodQuery } from '@checkout/http';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ReadRefund } from '../application/read-refund.ts';
import { prefersText } from './accepts-text.ts';
import { FormatQuery, ReceiptParams } from './views.ts';

export const CreditNoteParams = z.strictObject({ refundId: RefundId });
export type CreditNoteParams = z.output<typeof CreditNoteParams>;

/** Credit notes, as JSON or as a printer takes them, and what can still come back of a sale. */
@Controller('v1')
export class CreditNotesController {
  readonly #refunds: ReadRefund;

  constructor(@Inject(ReadRefund) refunds: ReadRefund) {
    this.#refunds = refunds;
  }

  @Get('credit-notes/:refundId')
  @Requires('receipt:read')
  async creditNote(
    @Caller() caller: Principal,
    @ZodParams(CreditNoteParams) { refundId }: CreditNoteParams,
    @ZodQuery(FormatQuery) { format }: FormatQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<http.CreditNoteView | string> {
    const note = await this.#refunds.creditNote(caller.tenantId, refundId);
    if (!note) throw new Problem('not-found', { detail: 'There is no such credit note.' });
    assertStore(caller, note.view.storeId);
    void reply.header('vary', 'accept');
    if (!(format === undefined ? prefersText(request.headers.accept) : format === 'text')) return note.view;
    void reply.type('text/plain; charset=utf-8');
    return note.text();
  }

  @Get('receipts/:id/refundable')
  @Requires('receipt:read')
  async refundable(@Caller() caller: Principal, @ZodParams(ReceiptParams) { id }: ReceiptParams): Promise<http.RefundableView> {
    const found = await this.#refunds.refundable(caller.tenantId, id);
    if (!found) throw new Problem('not-found', { detail: 'There is no such receipt.' });
    assertStore(caller, found.storeId);
    return found.view;
  }
}
