import { counter, histogram, type Logger } from '@checkout/observability';
import type { http } from '@checkout/contracts';
import type { AcceptCheckout } from './application/accept-checkout.ts';
import type { Effect } from './application/ports.ts';
import { stateOf, type Checkout } from './domain/checkout.ts';
import type { Refusal } from './domain/refusal.ts';

const acceptedTotal = counter('cart_checkouts_accepted_total', 'Checkouts accepted at the front door');
const refusedTotal = counter('cart_checkouts_refused_total', 'Checkouts refused before anything was stored', ['code']);
const acceptTotal = counter('accept_total', 'Checkouts at the front door, by the route that took them and the outcome', ['via', 'outcome']);
const supersededTotal = counter('cart_checkouts_superseded_total', 'Checkouts accepted here under a command that had sold something else over the bus');
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

  /** How the front door answered: `via` is `none` where nothing was accepted. */
  answered(via: http.AcceptedVia | 'none', outcome: 'accepted' | 'replayed' | 'refused' | 'not_accepted' | 'unknown'): void {
    acceptTotal.inc({ via, outcome });
  }

  /** The database did not take a checkout, and the bus is asked. */
  fellBack({ body: { tenantId, storeId, commandId } }: AcceptCheckout, err: unknown): void {
    this.#logger.warn({ tenantId, storeId, commandId, reason: err instanceof Error ? err.message : String(err) }, 'checkout goes to the bus: the database does not take it');
  }

  /** By whichever route, once it is durable there. */
  acceptedOverBus(checkout: Checkout): void {
    acceptedTotal.inc();
    this.#logger.info({ ...whose(checkout), totalMinor: checkout.totalMinor, currency: checkout.currency, ...(checkout.pricedAt !== undefined && { pricedAt: new Date(checkout.pricedAt).toISOString() }) }, 'checkout accepted onto the bus');
  }

  checkoutSuperseded(checkout: Checkout, accepted: Checkout): void {
    supersededTotal.inc();
    this.#logger.error({ ...whose(checkout), totalMinor: checkout.totalMinor, acceptedTotalMinor: accepted.totalMinor }, 'a command was used for two requests; the one that the orchestrator began is the sale');
  }

  snapshotFailed(of: string, err: unknown): void {
    this.#logger.warn({ err, of }, 'the catalogue could not be copied');
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
      case 'registered':
        return this.#logger.debug(whose(effect.checkout), 'checkout from the bus is known here');
      case 'superseded':
        return this.checkoutSuperseded(effect.checkout, effect.accepted);
      case 'ended':
        return this.checkoutEnded(effect.checkout);
      case 'contradicted':
        return this.checkoutContradicted(effect.checkout, effect.told);
    }
  }
}

const whose = ({ tenantId, storeId, saleId, commandId }: Checkout) => ({ tenantId, storeId, saleId, commandId });
