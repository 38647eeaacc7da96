import { checkout, type http, type LeftShop, type Message } from '@checkout/contracts';
import { saleIdOf, saleTotals, type CommandId, type StoreId, type TenantId, type TillId } from '@checkout/kernel';
import type { Decision } from '@checkout/messaging';
import { close, closed, type Basket } from '../domain/basket.ts';
import { isSameSale, type Checkout } from '../domain/checkout.ts';
import { faultOf, goodsOfBasket, goodsOfLines, type PricedGoods } from '../domain/offer.ts';
import { isRefusal, refusal, type Refusal } from '../domain/refusal.ts';
import { goodsSoldAlone, leftShopOf } from '../domain/sold-alone.ts';
import { keyOf, type CartHandler, type Change, type Effect, type Need, type Rows } from './ports.ts';

/** A till's command as it came in over HTTP. Tenant, store and till are from the token, never from the body. */
export type AcceptCheckout = Message<'cart.accept-checkout', {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly tillId: TillId;
  readonly commandId: CommandId;
  readonly bodyHash: string;
  readonly offer: http.CheckoutBody;
}>;

export type Acceptance = { readonly kind: 'accepted' | 'replayed'; readonly checkout: Checkout } | Refusal;

/**
 * Accepts a checkout: prices it, checks that the till's total and tenders agree, and starts the sale. Many posts share one load and one commit.
 *
 * The price of a sale is the price in the rows this decision sees, copied into the request; it is never looked up again. Those rows
 * may be up to two seconds old (`RecentCatalogue`), so a new price holds two seconds after the back office was told it was saved. That is
 * safe, because the till's total must equal the price that is used: a customer never pays what was not shown.
 */
export const acceptCheckout: CartHandler<AcceptCheckout, Acceptance> = {
  needs({ body: { tenantId, storeId, commandId, offer } }) {
    const goods: readonly Need[] = offer.basketId
      ? [{ kind: 'basket', tenantId, basketId: offer.basketId }]
      : (offer.lines ?? []).map(({ sku }) => ({ kind: 'product', tenantId, sku }));
    return [{ kind: 'checkout', tenantId, commandId }, { kind: 'store', tenantId, storeId }, ...goods];
  },

  decide(rows, { message: { body }, now }) {
    const earlier = rows.checkouts.get(keyOf(body.tenantId, body.commandId));
    if (earlier) return repeated(earlier, body, rows, now);

    const goods = goodsOf(body, rows);
    if (isRefusal(goods)) return { answer: goods };
    const fault = faultOf(body.offer, goods);
    if (fault) return { answer: fault };

    const leftShop = foundOf(body, rows, now);
    const accepted = { ...checkoutOf(body, goods, now), ...(leftShop && { leftShop }) };
    const basket = basketOf(body, rows);
    const changes: Change[] = [{ kind: 'checkout-saved', checkout: accepted }];
    if (basket) changes.push({ kind: 'basket-saved', ...close(basket, body.commandId) });
    return {
      changes,
      messages: [requestOf(body, goods, accepted)],
      effects: [{ kind: 'accepted', checkout: accepted }],
      answer: { kind: 'accepted', checkout: accepted },
    };
  },
};

/** A till that waited in vain may have let the goods go meanwhile: what it adds to its command is kept, and the sale stays what it is. */
function repeated(earlier: Checkout, body: AcceptCheckout['body'], rows: Rows, now: number): Decision<Change, Effect, Acceptance> {
  const answer = again(earlier, body);
  const leftShop = isRefusal(answer) || earlier.leftShop ? undefined : foundOf(body, rows, now);
  if (!leftShop) return { answer };
  const marked: Checkout = { ...earlier, leftShop, version: earlier.version + 1 };
  return { changes: [{ kind: 'checkout-saved', checkout: marked }], answer: { kind: 'replayed', checkout: marked } };
}

const foundOf = ({ tenantId, storeId, offer }: AcceptCheckout['body'], rows: Rows, now: number): LeftShop | undefined =>
  offer.leftShop && leftShopOf(offer, offer.leftShop, { store: rows.stores.get(keyOf(tenantId, storeId)), productOf: (sku) => rows.products.get(keyOf(tenantId, sku)), now });

/**
 * The same command once more. A row without a hash is a sale that came straight over the bus: its lines are not known here, and telling how
 * it stands is right unless it was another till's, or of another total.
 */
export function again(earlier: Checkout, { storeId, tillId, bodyHash, offer: { currency, totalMinor } }: AcceptCheckout['body']): Acceptance {
  const isRepeat = earlier.bodyHash === undefined ? isSameSale(earlier, { storeId, tillId, currency, totalMinor }) : earlier.bodyHash === bodyHash;
  if (isRepeat) return { kind: 'replayed', checkout: earlier };
  return refusal('idempotency-key-reused', 'This command id was used for another request.');
}

function goodsOf(body: AcceptCheckout['body'], rows: Rows): PricedGoods | Refusal {
  const { tenantId, storeId, offer } = body;
  if (offer.leftShop) return goodsSoldAlone(offer, offer.leftShop);
  const store = rows.stores.get(keyOf(tenantId, storeId));
  if (!store) return refusal('store-unknown', `The store ${storeId} is not set up.`);
  if (offer.lines) return goodsOfLines(offer.lines, store, (sku) => rows.products.get(keyOf(tenantId, sku)));
  const basket = basketOf(body, rows);
  if (!basket) return refusal('basket-unknown', 'The store has no such basket.', { pointer: '/basketId', detail: 'is not a basket of this store' });
  return basket.commandId ? closed(basket) : goodsOfBasket(basket);
}

/** A basket belongs to its store: another store's is as good as none. */
function basketOf({ tenantId, storeId, offer }: AcceptCheckout['body'], rows: Rows): Basket | undefined {
  const basket = offer.basketId && rows.baskets.get(keyOf(tenantId, offer.basketId));
  return basket && basket.storeId === storeId ? basket : undefined;
}

const checkoutOf = ({ tenantId, storeId, tillId, commandId, bodyHash, offer }: AcceptCheckout['body'], { currency }: PricedGoods, now: number): Checkout => ({
  tenantId,
  commandId,
  saleId: saleIdOf(tenantId, commandId),
  storeId,
  tillId,
  bodyHash,
  ...(offer.basketId && { basketId: offer.basketId }),
  currency,
  totalMinor: offer.totalMinor,
  acceptedVia: 'sql',
  acceptedAt: now,
  version: 1,
});

/** The till's own clock is a claim and stays out: the time of a sale is the server's. */
const requestOf = ({ tenantId, storeId, tillId, commandId, bodyHash, offer }: AcceptCheckout['body'], { currency, taxMode, lines }: PricedGoods, { saleId, acceptedAt, leftShop }: Checkout): checkout.CheckoutRequested =>
  checkout.CheckoutRequested({
    tenantId,
    storeId,
    tillId,
    saleId,
    commandId,
    currency,
    taxMode,
    lines: [...lines],
    tenders: offer.tenders,
    totalMinor: saleTotals(lines, taxMode).grossMinor,
    requestedAt: new Date(acceptedAt).toISOString(),
    requestHash: bodyHash,
    ...(offer.basketId !== undefined && { basketId: offer.basketId }),
    ...(offer.shiftId !== undefined && { shiftId: offer.shiftId }),
    ...(leftShop && { leftShop }),
  });

/**
 * Names what a command asks for. Both routes to the orchestrator send the request under an id that is made of this, so that whoever hears it
 * twice knows; another request under the same command has another, so that it is noticed.
 */
export const acceptIdOf = ({ tenantId, commandId, bodyHash }: Pick<AcceptCheckout['body'], 'tenantId' | 'commandId' | 'bodyHash'>): string =>
  `${saleIdOf(tenantId, commandId)}-${bodyHash.slice(0, 8)}`;
