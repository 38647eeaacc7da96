import { assertStore, Caller, Requires, type Principal } from '@checkout/auth';
import type { http } from '@checkout/contracts';
import { Problem, ZodParams, ZodQuery } from '@checkout/http';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadReceipt, type ReadableReceipt } from '../application/read-receipt.ts';
import { prefersText } from './accepts-text.ts';
import { FormatQuery, NumberQuery, ReceiptParams } from './views.ts';

/** Receipts, as JSON or as a printer takes them. */
@Controller('v1/receipts')
export class ReceiptController {
  readonly #receipts: ReadReceipt;

  constructor(@Inject(ReadReceipt) receipts: ReadReceipt) {
    this.#receipts = receipts;
  }

  @Get()
  @Requires('receipt:read')
  async byNumber(
    @Caller() caller: Principal,
    @ZodQuery(NumberQuery) { storeId, series, number, format }: NumberQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<http.ReceiptView | string> {
    return answer(caller, await this.#receipts.byNumber(caller.tenantId, storeId, series, number), format, request, reply);
  }

  /** The id is the sale's, so that a till can ask for the receipt of a sale it has only the id of. */
  @Get(':id')
  @Requires('receipt:read')
  async bySale(
    @Caller() caller: Principal,
    @ZodParams(ReceiptParams) { id }: ReceiptParams,
    @ZodQuery(FormatQuery) { format }: FormatQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<http.ReceiptView | string> {
    return answer(caller, await this.#receipts.bySale(caller.tenantId, id), format, request, reply);
  }
}

function answer(caller: Principal, receipt: ReadableReceipt | undefined, format: FormatQuery['format'], request: FastifyRequest, reply: FastifyReply): http.ReceiptView | string {
  if (!receipt) throw new Problem('not-found', { detail: 'There is no such receipt.' });
  assertStore(caller, receipt.view.storeId);
  void reply.header('vary', 'accept');
  const isText = format === undefined ? prefersText(request.headers.accept) : format === 'text';
  if (!isText) return receipt.view;
  void reply.type('text/plain; charset=utf-8');
  return receipt.text();
}
