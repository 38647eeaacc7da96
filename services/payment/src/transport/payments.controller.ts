import { assertStore, Caller, Requires, type Principal } from '@checkout/auth';
import { SaleId } from '@checkout/contracts';
import { Problem, ZodParams, type ApiDoc } from '@checkout/http';
import { Controller, Get, Inject } from '@nestjs/common';
import { z } from 'zod';
import { PaymentView } from '../application/payment-view.ts';
import type { PaymentReader } from '../application/ports.ts';

const Params = z.strictObject({ saleId: SaleId });
type Params = z.output<typeof Params>;

export const PAYMENT_READER = Symbol('PaymentReader');

/** How a sale's money stands, for operators and the back office. Another tenant's sale is not there. */
@Controller('v1/payments')
export class PaymentsController {
  readonly #payments: PaymentReader;

  constructor(@Inject(PAYMENT_READER) payments: PaymentReader) {
    this.#payments = payments;
  }

  @Get(':saleId')
  @Requires('timeline:read')
  async read(@Caller() caller: Principal, @ZodParams(Params) { saleId }: Params): Promise<PaymentView> {
    const payment = await this.#payments.read(caller.tenantId, saleId);
    if (!payment) throw new Problem('not-found', { detail: `There is no payment of sale ${saleId}.` });
    assertStore(caller, payment.storeId);
    return payment;
  }
}

export const paymentsApi: ApiDoc = {
  title: 'Payment',
  version: '1',
  description: 'How the money of a sale stands.',
  routes: [
    {
      method: 'GET',
      path: '/v1/payments/{saleId}',
      summary: 'The payment of one sale: its state, its tenders and its ledger. Card tokens are never shown.',
      permission: 'timeline:read',
      params: Params,
      responses: { 200: { description: 'The payment', body: PaymentView } },
    },
  ],
};
