import { saleIdOf, seconds, type Clock, type CommandId, type TenantId } from '@checkout/kernel';
import { DependencyUnavailable } from '@checkout/resilience';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checkout } from '../domain/checkout.ts';
import type { RecentCheckouts } from './recent-checkouts.ts';
import type { Checkouts, SaleBook } from './ports.ts';
import { checkoutOfSale } from '../domain/sale-of-book.ts';

export interface FindCheckoutOptions {
  readonly checkouts: Pick<Checkouts, 'find'>;
  readonly recent: Pick<RecentCheckouts, 'of'>;
  readonly book: SaleBook;
  readonly clock?: Clock;
}

const bookMs = seconds(1.5);
/** Sales end within a second or two. One that has not after this long may need a person, and only the orchestrator knows that. */
const expectedWithinMs = seconds(20);
const askAgainMs = seconds(0.5);

/**
 * How a checkout stands, from whoever knows: cart's own table, what this process accepted onto the bus a moment ago, or the orchestrator, which
 * begins every sale whichever way it came. A checkout is said not to exist only when those that would know it have been asked.
 */
export class FindCheckout {
  readonly #options: FindCheckoutOptions;

  constructor(options: FindCheckoutOptions) {
    this.#options = options;
  }

  /** @throws DependencyUnavailable when it cannot be found out. */
  async find(tenantId: TenantId, commandId: CommandId, authorization: string): Promise<Checkout | undefined> {
    const { checkouts, recent } = this.#options;
    let outage: DependencyUnavailable | undefined;
    try {
      const found = await checkouts.find(tenantId, commandId);
      if (found) return await this.lookedInto(found, authorization);
    } catch (error) {
      if (!(error instanceof DependencyUnavailable)) throw error;
      outage = error;
    }
    const sent = recent.of(tenantId, commandId);
    // Its row is on the way; but in an outage it may have ended without one.
    if (sent && !outage) return sent;
    const sale = await this.#options.book.find(saleIdOf(tenantId, commandId), authorization, bookMs);
    if (typeof sale === 'object') return checkoutOfSale(tenantId, sale);
    if (sent) return sent;
    if (outage) throw outage;
    if (sale === 'unreachable') throw new DependencyUnavailable('orchestrator', seconds(2));
    return undefined;
  }

  /**
   * A checkout that has been under way for long, with what the orchestrator knows beyond cart's table: whether a person has to look, or its end. As it
   * was when it is young or the orchestrator cannot be asked. Never throws.
   */
  async lookedInto(checkout: Checkout, authorization: string): Promise<Checkout> {
    const { book, clock = Date.now } = this.#options;
    if (checkout.ending || clock() - checkout.acceptedAt < expectedWithinMs) return checkout;
    const sale = await book.find(checkout.saleId, authorization, bookMs);
    return typeof sale === 'object' ? checkoutOfSale(checkout.tenantId, sale) : checkout;
  }

  /** The checkout once it has ended, while cart's table cannot tell; undefined when that takes longer than `limitMs` or the waiter has gone. Never throws. */
  async untilEnd({ tenantId, commandId }: Checkout, authorization: string, limitMs: number, gone: AbortSignal): Promise<Checkout | undefined> {
    for (const until = performance.now() + limitMs; performance.now() < until && !gone.aborted;) {
      const found = await this.find(tenantId, commandId, authorization).catch(() => undefined);
      if (found?.ending) return found;
      await sleep(Math.min(askAgainMs, Math.max(0, until - performance.now())), undefined, { ref: false, signal: gone }).catch(() => {});
    }
    return undefined;
  }
}
