import { assertStore, Caller, Requires, type Principal } from '@checkout/auth';
import type { http } from '@checkout/contracts';
import { unreachable } from '@checkout/kernel';
import { Problem, ZodBody, ZodParams, ZodQuery } from '@checkout/http';
import { Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CheckStock, type StockReport } from '../application/check-stock.ts';
import { ReadLevels } from '../application/read-levels.ts';
import { deliveryArrived, type DeliveryAnswer, type DeliveryArrived } from '../application/receive-delivery.ts';
import { DeliveryBody, LevelsQuery, StoreParams, type DeliveryView, type LevelsView } from './views.ts';

/** Hands a delivery to the pipeline and answers once it is on disk. */
export type SubmitDelivery = (delivery: DeliveryArrived, traceparent: string) => Promise<DeliveryAnswer>;
export const SUBMIT_DELIVERY = Symbol('SubmitDelivery');

/** Stock as the back office sees it. */
@Controller('v1')
export class StockController {
  readonly #submit: SubmitDelivery;
  readonly #levels: ReadLevels;
  readonly #check: CheckStock;

  constructor(@Inject(SUBMIT_DELIVERY) submit: SubmitDelivery, @Inject(ReadLevels) levels: ReadLevels, @Inject(CheckStock) check: CheckStock) {
    this.#submit = submit;
    this.#levels = levels;
    this.#check = check;
  }

  @Post('deliveries')
  @HttpCode(200)
  @Requires('stock:write')
  async receive(@Caller() caller: Principal, @ZodBody(DeliveryBody) body: http.DeliveryBody, @Req() request: FastifyRequest): Promise<DeliveryView> {
    assertStore(caller, body.storeId);
    const answer = await this.#submit(deliveryArrived({ tenantId: caller.tenantId, ...body }), request.traceparent);
    switch (answer.outcome) {
      case 'received':
      case 'already-received':
        return { deliveryId: body.deliveryId, storeId: body.storeId, receivedAt: answer.receivedAt };
      case 'other-body':
        throw new Problem('idempotency-key-reused', { detail: 'The delivery id belongs to a delivery of other goods. Report these goods under an id of their own.' });
      case 'too-many':
        throw new Problem('quantity-invalid', { detail: `The store would have more of ${answer.sku} than can be counted.` });
      default:
        return unreachable(answer);
    }
  }

  @Get('stock/:storeId')
  @Requires('stock:read')
  async levels(@Caller() caller: Principal, @ZodParams(StoreParams) { storeId }: StoreParams, @ZodQuery(LevelsQuery) { sku, after, limit }: LevelsQuery): Promise<LevelsView> {
    assertStore(caller, storeId);
    if (sku) return { storeId, levels: [...(await this.#levels.of(caller.tenantId, storeId, sku))] };
    const levels = await this.#levels.page(caller.tenantId, storeId, after ?? '', limit);
    const last = levels.at(-1);
    return { storeId, levels: [...levels], ...(last && levels.length === limit && { next: last.sku }) };
  }

  /** Reads the whole ledger of a store: for operators, not for a dashboard. */
  @Get('stock/:storeId/check')
  @Requires('operations:read')
  check(@Caller() caller: Principal, @ZodParams(StoreParams) { storeId }: StoreParams): Promise<StockReport> {
    assertStore(caller, storeId);
    return this.#check.of(caller.tenantId, storeId);
  }
}
