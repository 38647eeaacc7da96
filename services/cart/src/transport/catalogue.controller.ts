import { AuthError, Caller, Requires, type Principal } from '@checkout/auth';
import { Barcode, http, Sku } from '@checkout/contracts';
import { Problem, ZodBody, ZodQuery } from '@checkout/http';
import { Controller, Get, HttpCode, Inject, Param, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Inputs, Products } from '../application/ports.ts';
import { saveProducts } from '../application/save-products.ts';
import { saveStores } from '../application/save-stores.ts';
import { skuIn, storeOf } from './callers.ts';
import { answered, durable } from './refused.ts';
import { OFFICE_INPUTS, PRODUCTS } from './tokens.ts';

export const ByBarcode = z.strictObject({ barcode: Barcode });
export const AfterSku = z.strictObject({ after: Sku.optional() });
/** At most one: a barcode belongs to one product. */
export const FoundProducts = z.strictObject({ products: z.array(http.Product) });

/** Stores, products and prices, as the back office keeps them. They are the tenant's, so staff of one store may read but not write them. */
@Controller('v1')
export class CatalogueController {
  constructor(
    @Inject(OFFICE_INPUTS) private readonly inputs: Inputs,
    @Inject(PRODUCTS) private readonly products: Products,
  ) {}

  @Put('stores')
  @HttpCode(204)
  @Requires('catalogue:write')
  async saveStores(@Caller() caller: Principal, @ZodBody(http.StoresBody) { stores }: z.output<typeof http.StoresBody>, @Req() { traceparent }: FastifyRequest): Promise<void> {
    const tenantId = wholeTenantOf(caller);
    await durable(this.inputs.submit(saveStores, { type: 'cart.save-stores', body: { tenantId, stores } }, { tenantId, traceparent }));
  }

  @Put('products')
  @HttpCode(204)
  @Requires('catalogue:write')
  async saveProducts(@Caller() caller: Principal, @ZodBody(http.CatalogueBody) { products }: z.output<typeof http.CatalogueBody>, @Req() { traceparent }: FastifyRequest): Promise<void> {
    const tenantId = wholeTenantOf(caller);
    await answered(this.inputs.submit(saveProducts, { type: 'cart.save-products', body: { tenantId, products } }, { tenantId, traceparent }));
  }

  @Get('catalogue')
  @Requires('catalogue:read')
  async catalogue(@Caller() caller: Principal, @ZodQuery(AfterSku) { after }: z.output<typeof AfterSku>): Promise<http.CataloguePage> {
    const page = await this.products.page(caller.tenantId, storeOf(caller), after);
    if (!page) throw new Problem('store-unknown');
    return page;
  }

  @Get('products/:sku')
  @Requires('catalogue:read')
  async product(@Caller() { tenantId }: Principal, @Param('sku') sku: string): Promise<http.Product> {
    const product = await this.products.find(tenantId, skuIn(sku));
    if (!product) throw new Problem('not-found');
    return product;
  }

  @Get('products')
  @Requires('catalogue:read')
  async productsWithBarcode(@Caller() { tenantId }: Principal, @ZodQuery(ByBarcode) { barcode }: z.output<typeof ByBarcode>): Promise<z.output<typeof FoundProducts>> {
    return { products: [...(await this.products.withBarcode(tenantId, barcode))] };
  }
}

function wholeTenantOf({ tenantId, storeId }: Principal): Principal['tenantId'] {
  if (storeId !== undefined) throw new AuthError('store-mismatch', 'the token is for one store, the catalogue is for all');
  return tenantId;
}
