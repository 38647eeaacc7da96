import { counter, histogram, type Logger } from '@checkout/observability';
import type { Effect } from './application/ports.ts';
import { stateOf, type Checkout } from './domain/checkout.ts';
import type { Refusal } from './domain/refusal.ts';

const acceptedTotal = counter('cart_checkouts_accepted_total', 'Checkouts accepted at the front door');
const refusedTotal = counter('cart_checkouts_refused_total', 'Checkouts refused before anything was stored', ['code']);
const endedTotal = counter('cart_checkouts_ended_total', 'Checkouts that ended, by how', ['state']);
const contradictedTotal = counter('cart_checkouts_contradicted_total', 'Checkouts that were told two different ends; must stay 0');
const endedSeconds = histogram('cart_checkout_seconds', 'From accepted to ended, as a till feels it', ['state']);

/** Business telemetry: one function per event. */
export class CartEvents {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  checkoutAccepted(checkout: Checkout): void {
    acceptedTotal.inc();
    this.#logger.info({ ...whose(checkout), totalMinor: checkout.totalMinor, currency: checkout.currency }, 'checkout accepted');
  }

  checkoutRefused(refusal: Refusal, of: { readonly tenantId: string; readonly storeId: string; readonly commandId: string }): void {
    refusedTotal.inc({ code: refusal.code });
    this.#logger.info({ tenantId: of.tenantId, storeId: of.storeId, commandId: of.commandId, code: refusal.code, detail: refusal.detail }, 'checkout refused');
  }

  checkoutEnded(checkout: Checkout): void {
    const state = stateOf(checkout);
    const { ending, acceptedAt } = checkout;
    endedTotal.inc({ state });
    if (ending) endedSeconds.observe({ state }, Math.max(0, ending.endedAt - acceptedAt) / 1_000);
    this.#logger.info({ ...whose(checkout), state, ...(ending && ending.state !== 'completed' && { reason: ending.reason.code }) }, 'checkout ended');
  }

  checkoutContradicted(checkout: Checkout, told: string): void {
    contradictedTotal.inc();
    this.#logger.error({ ...whose(checkout), state: stateOf(checkout), told }, 'checkout was told a second, different end; the first stands');
  }

  waitingUnaided(err: unknown): void {
    this.#logger.debug({ err }, 'the ends of checkouts could not be asked for; trying again');
  }

  /** What a committed batch did, event by event. */
  tell(effect: Effect): void {
    switch (effect.kind) {
      case 'accepted':
        return this.checkoutAccepted(effect.checkout);
      case 'ended':
        return this.checkoutEnded(effect.checkout);
      case 'contradicted':
        return this.checkoutContradicted(effect.checkout, effect.told);
    }
  }
}

const whose = ({ tenantId, storeId, saleId, commandId }: Checkout) => ({ tenantId, storeId, saleId, commandId });
