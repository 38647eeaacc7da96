import { assertStore, Caller, Requires, type Principal } from '@checkout/auth';
import type { http } from '@checkout/contracts';
import { Problem, ZodParams } from '@checkout/http';
import { Controller, Get, Inject } from '@nestjs/common';
import type { Sales } from '../application/ports.ts';
import { OfSale } from './timeline.controller.ts';
import { SALES } from './tokens.ts';

/** How one sale stands, for cart to tell a till while its own database is away. */
@Controller('v1/checkouts')
export class SaleController {
  readonly #sales: Sales;

  constructor(@Inject(SALES) sales: Sales) {
    this.#sales = sales;
  }

  @Get(':saleId')
  @Requires('checkout:read')
  async sale(@Caller() caller: Principal, @ZodParams(OfSale) { saleId }: { readonly saleId: http.SaleView['saleId'] }): Promise<http.SaleView> {
    const sale = await this.#sales.find(caller.tenantId, saleId);
    if (!sale) throw new Problem('not-found', { detail: 'There is no such sale.' });
    assertStore(caller, sale.storeId);
    return sale;
  }
}
