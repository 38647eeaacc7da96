import { Caller, Requires, type Principal } from '@checkout/auth';
import { http } from '@checkout/contracts';
import { IdempotencyKey, Problem, ZodBody } from '@checkout/http';
import type { SaleId } from '@checkout/kernel';
import { Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { parkSale } from '../application/park-sale.ts';
import type { Inputs, ParkedSales } from '../application/ports.ts';
import { takeUpSale } from '../application/take-up-sale.ts';
import { parkedView } from '../domain/parked-sale.ts';
import { commandIdOf, parkedIdIn, storeOf, tillOf } from './callers.ts';
import { answered } from './refused.ts';
import { INPUTS, PARKED_SALES } from './tokens.ts';

/** Baskets that one till parks and another takes up. */
@Controller('v1/parked-sales')
export class ParkedSalesController {
  constructor(
    @Inject(INPUTS) private readonly inputs: Inputs,
    @Inject(PARKED_SALES) private readonly parkedSales: ParkedSales,
  ) {}

  /** The key is the basket's id from here on. */
  @Post()
  @Requires('checkout:submit')
  async park(@Caller() caller: Principal, @IdempotencyKey() key: string, @ZodBody(http.ParkBody) basket: z.output<typeof http.ParkBody>, @Req() { traceparent }: FastifyRequest): Promise<http.ParkedSale> {
    const { tenantId } = caller;
    const storeId = storeOf(caller);
    const parkedId = commandIdOf(key) as string as SaleId;
    return parkedView(await answered(this.inputs.submit(parkSale, { type: 'cart.park-sale', body: { tenantId, storeId, tillId: tillOf(caller), parkedId, basket } }, { tenantId, storeId, traceparent })));
  }

  @Get()
  @Requires('checkout:submit')
  async waiting(@Caller() caller: Principal): Promise<z.output<typeof http.ParkedSales>> {
    const parkedSales = await this.parkedSales.waiting(caller.tenantId, storeOf(caller), Date.now());
    return { parkedSales: parkedSales.map(parkedView) };
  }

  @Post(':parkedId/take-up')
  @HttpCode(200)
  @Requires('checkout:submit')
  async takeUp(@Caller() caller: Principal, @Param('parkedId') id: string, @IdempotencyKey() key: string, @Req() { traceparent }: FastifyRequest): Promise<http.ParkedSale> {
    const { tenantId } = caller;
    const storeId = storeOf(caller);
    const message = { type: 'cart.take-up-sale', body: { tenantId, storeId, tillId: tillOf(caller), parkedId: parkedIdIn(id), takeUpId: commandIdOf(key) } } as const;
    const answer = await answered(this.inputs.submit(takeUpSale, message, { tenantId, storeId, traceparent }));
    if (!('kind' in answer)) return parkedView(answer);
    const takenAt = new Date(answer.at).toISOString();
    throw new Problem('parked-sale-taken', { detail: `${answer.by} took it up at ${takenAt}.`, extensions: { takenBy: answer.by, takenAt } });
  }
}
