import { Caller, Requires, type Principal } from '@checkout/auth';
import { SaleId, Text } from '@checkout/contracts';
import { Problem, ZodBody, ZodParams } from '@checkout/http';
import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { z } from 'zod';
import type { GiveUp, GiveUpFate } from '../application/give-up-checkout.ts';
import type { Attention, Stuck, StuckRefund } from '../application/ports.ts';
import { ATTENTION, GIVE_UP, REFUND_ATTENTION } from './tokens.ts';

export const OfAttention = z.strictObject({ saleId: SaleId });
type OfAttention = z.output<typeof OfAttention>;
export const GiveUpBody = z.strictObject({ reason: Text(300) });
type GiveUpBody = z.output<typeof GiveUpBody>;

export type SubmitGiveUp = (message: GiveUp) => Promise<GiveUpFate>;

/** What operators look at first: sales and refunds of their tenant, or of their one store, that wait for somebody who does not answer. */
@Controller('v1/attention')
export class AttentionController {
  readonly #attention: Attention;
  readonly #refunds: Attention<StuckRefund>;
  readonly #giveUp: SubmitGiveUp;

  constructor(@Inject(ATTENTION) attention: Attention, @Inject(REFUND_ATTENTION) refunds: Attention<StuckRefund>, @Inject(GIVE_UP) giveUp: SubmitGiveUp) {
    this.#attention = attention;
    this.#refunds = refunds;
    this.#giveUp = giveUp;
  }

  @Get()
  @Requires('operations:read')
  async attention(@Caller() { tenantId, storeId }: Principal): Promise<{ readonly checkouts: readonly Stuck[]; readonly refunds: readonly StuckRefund[] }> {
    const [checkouts, refunds] = await Promise.all([this.#attention.stuck(tenantId, storeId), this.#refunds.stuck(tenantId, storeId)]);
    return { checkouts, refunds };
  }

  /** Has a sale undone that waits for an answer, as long as nothing was captured. What may have happened is undone with it. */
  @Post(':saleId/give-up')
  @HttpCode(202)
  @Requires('operations:write')
  async giveUp(@Caller() { tenantId, storeId, subject }: Principal, @ZodParams(OfAttention) { saleId }: OfAttention, @ZodBody(GiveUpBody) { reason }: GiveUpBody): Promise<{ readonly saleId: OfAttention['saleId'] }> {
    const fate = await this.#giveUp({ type: 'checkout.given-up', body: { tenantId, storeId, saleId, by: subject, reason } });
    if (fate === 'not-found') throw new Problem('not-found', { detail: 'There is no such sale.' });
    if (fate === 'too-late') throw new Problem('sale-state-conflict', { detail: `Sale ${saleId} has ended, is being undone, or its money may have moved: it can only go forward.` });
    return { saleId };
  }
}
