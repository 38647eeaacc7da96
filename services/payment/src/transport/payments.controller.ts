import { assertStore, Caller, Requires, type Principal } from '@checkout/auth';
import { RefundId, SaleId, Text } from '@checkout/contracts';
import { Problem, ZodBody, ZodParams, type ApiDoc } from '@checkout/http';
import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { z } from 'zod';
import { PaymentView } from '../application/payment-view.ts';
import type { Inbox, PaymentReader } from '../application/ports.ts';

const Params = z.strictObject({ saleId: SaleId });
type Params = z.output<typeof Params>;

/** What a person has found out about a tender that nobody got an answer about. */
const ResolutionBody = z.strictObject({
  position: z.int().min(1),
  /** Of one of the sale's refunds, when it is that which is in doubt. */
  refundId: RefundId.optional(),
  /**
   * `ask-again`: the provider's side was put right, so ask it once more. `done`: the provider did what it was asked last. `not-done`: it did not; an
   * authorization is barred there before this is believed.
   */
  resolution: z.enum(['ask-again', 'done', 'not-done']),
  /** With `done`: the provider's own name for the authorization. */
  providerId: z.string().regex(/^[\x21-\x7e]{1,80}$/).optional(),
  /** How it was found out, for whoever asks later. */
  reason: Text(300),
});
type ResolutionBody = z.output<typeof ResolutionBody>;

export const PAYMENT_READER = Symbol('PaymentReader');
export const RESOLUTIONS = Symbol('Resolutions');

/** How a sale's money stands, for operators and the back office. Another tenant's sale is not there. */
@Controller('v1/payments')
export class PaymentsController {
  readonly #payments: PaymentReader;
  readonly #resolutions: Pick<Inbox, 'paymentResolved'>;

  constructor(@Inject(PAYMENT_READER) payments: PaymentReader, @Inject(RESOLUTIONS) resolutions: Pick<Inbox, 'paymentResolved'>) {
    this.#payments = payments;
    this.#resolutions = resolutions;
  }

  @Get(':saleId')
  @Requires('timeline:read')
  async read(@Caller() caller: Principal, @ZodParams(Params) { saleId }: Params): Promise<PaymentView> {
    const payment = await this.#payments.read(caller.tenantId, saleId);
    if (!payment) throw new Problem('not-found', { detail: `There is no payment of sale ${saleId}.` });
    assertStore(caller, payment.storeId);
    return payment;
  }

  /** For the payment that cannot end by itself. Who said what, and why, stays in its trail. */
  @Post(':saleId/resolution')
  @HttpCode(200)
  @Requires('operations:write')
  async resolve(@Caller() caller: Principal, @ZodParams(Params) { saleId }: Params, @ZodBody(ResolutionBody) body: ResolutionBody): Promise<PaymentView> {
    const { position, refundId, resolution, providerId, reason } = body;
    const { tenantId, subject } = caller;
    // Whose store it is comes first: what another store's operator says is never taken.
    await this.read(caller, { saleId });
    const fate = await this.#resolutions.paymentResolved({
      type: 'payment.resolved', body: { tenantId, saleId, position, refundId, resolution: resolution === 'done' ? { kind: 'done', providerId } : { kind: resolution }, reason, subject },
    });
    if (fate !== 'resolved') throw new Problem('sale-state-conflict', { detail: `Nothing is in doubt about tender ${position} of sale ${saleId}.` });
    return this.read(caller, { saleId });
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
    {
      method: 'POST',
      path: '/v1/payments/{saleId}/resolution',
      summary: 'Says what the provider did about a tender in doubt, found out by other means; or has it asked again.',
      permission: 'operations:write',
      params: Params,
      body: ResolutionBody,
      responses: { 200: { description: 'The payment as it stands now', body: PaymentView } },
    },
    {
      method: 'POST',
      path: '/v1/provider-webhooks',
      summary: 'For the payment provider: an event, signed as Standard Webhooks say. 2xx once it is durable.',
      permission: 'public',
      headers: z.object({ 'webhook-id': z.string(), 'webhook-timestamp': z.string(), 'webhook-signature': z.string() }),
      responses: {
        200: { description: 'Taken, now or before', body: z.strictObject({ fate: z.enum(['applied', 'ignored', 'repeated', 'conflicting']) }) },
        202: { description: 'Kept until the sale that it speaks of is there', body: z.strictObject({ fate: z.literal('parked') }) },
      },
    },
  ],
};
