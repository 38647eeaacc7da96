import { Caller, Requires, type Principal } from '@checkout/auth';
import { http } from '@checkout/contracts';
import { Problem, ZodBody, ZodPipe } from '@checkout/http';
import { assert, uuidv7, type SaleId } from '@checkout/kernel';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { changeLine } from '../application/change-line.ts';
import { openBasket } from '../application/open-basket.ts';
import type { Baskets, Inputs } from '../application/ports.ts';
import { scanArticle, type Article } from '../application/scan-article.ts';
import { viewOf } from '../domain/basket.ts';
import { basketIdIn, maySee, skuIn, storeOf } from './callers.ts';
import { answered } from './refused.ts';
import { BASKETS, INPUTS } from './tokens.ts';

/** A basket is opened without a word; whoever says one means something that would be lost. */
const nothingIn = new ZodPipe(z.strictObject({}));

/** Baskets, as tills fill them. Every change answers with the whole basket, so that the till never adds up by itself. */
@Controller('v1/carts')
export class BasketsController {
  constructor(
    @Inject(INPUTS) private readonly inputs: Inputs,
    @Inject(BASKETS) private readonly baskets: Baskets,
  ) {}

  @Post()
  @Requires('checkout:submit')
  async open(@Caller() caller: Principal, @Body() body: unknown, @Req() { traceparent }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<http.BasketView> {
    if (body !== undefined) nothingIn.transform(body);
    const { tenantId } = caller;
    const storeId = storeOf(caller);
    const basketId = uuidv7() as SaleId;
    const basket = await answered(this.inputs.submit(openBasket, { type: 'cart.open-basket', body: { tenantId, storeId, basketId } }, { tenantId, storeId, traceparent }));
    void reply.header('location', `/v1/carts/${basketId}`);
    return viewOf(basket);
  }

  @Get(':basketId')
  @Requires('checkout:read')
  async view(@Caller() caller: Principal, @Param('basketId') id: string): Promise<http.BasketView> {
    const basket = await this.baskets.find(caller.tenantId, basketIdIn(id));
    if (!basket || !maySee(caller, basket)) throw new Problem('not-found');
    return viewOf(basket);
  }

  @Post(':basketId/lines')
  @HttpCode(200)
  @Requires('checkout:submit')
  async scan(@Caller() caller: Principal, @Param('basketId') id: string, @ZodBody(http.AddLineBody) body: z.output<typeof http.AddLineBody>, @Req() { traceparent }: FastifyRequest): Promise<http.BasketView> {
    const { tenantId } = caller;
    const storeId = storeOf(caller);
    const message = { type: 'cart.scan-article', body: { tenantId, storeId, basketId: basketIdIn(id), article: articleIn(body), quantity: body.quantity } } as const;
    return viewOf(await answered(this.inputs.submit(scanArticle, message, { tenantId, storeId, traceparent })));
  }

  @Patch(':basketId/lines/:sku')
  @Requires('checkout:submit')
  change(@Caller() caller: Principal, @Param('basketId') id: string, @Param('sku') sku: string, @ZodBody(http.ChangeLineBody) { quantity }: z.output<typeof http.ChangeLineBody>, @Req() request: FastifyRequest): Promise<http.BasketView> {
    return this.setQuantity(caller, id, sku, quantity, request);
  }

  @Delete(':basketId/lines/:sku')
  @Requires('checkout:submit')
  remove(@Caller() caller: Principal, @Param('basketId') id: string, @Param('sku') sku: string, @Req() request: FastifyRequest): Promise<http.BasketView> {
    return this.setQuantity(caller, id, sku, 0, request);
  }

  private async setQuantity(caller: Principal, id: string, sku: string, quantity: number, { traceparent }: FastifyRequest): Promise<http.BasketView> {
    const { tenantId } = caller;
    const storeId = storeOf(caller);
    const message = { type: 'cart.change-line', body: { tenantId, storeId, basketId: basketIdIn(id), sku: skuIn(sku), quantity } } as const;
    return viewOf(await answered(this.inputs.submit(changeLine, message, { tenantId, storeId, traceparent })));
  }
}

function articleIn({ sku, barcode }: z.output<typeof http.AddLineBody>): Article {
  if (sku !== undefined) return { sku };
  assert(barcode !== undefined, 'the contract lets no line in without sku and barcode');
  return { barcode };
}
