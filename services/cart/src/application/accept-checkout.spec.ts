import { checkout, type http } from '@checkout/contracts';
import { saleIdOf, type CommandId, type Sku, type StoreId, type TillId } from '@checkout/kernel';
import { aBasket, aCheckout, acme, aHash, anOffer, aStore, decideOn, leeds, newCommandId, noon, rowsOf, soap, tea, till } from '../testing.ts';
import { acceptCheckout, type AcceptCheckout } from './accept-checkout.ts';
import { keyOf, type Rows } from './ports.ts';

const commandOf = (offer: http.CheckoutBody, { commandId = newCommandId(), bodyHash = aHash('hash') }: { commandId?: CommandId; bodyHash?: string } = {}): AcceptCheckout =>
  ({ type: 'cart.accept-checkout', body: { tenantId: acme, storeId: leeds, tillId: till, commandId, bodyHash, offer } });

const shop = (): Rows => rowsOf({ stores: [aStore()], products: [tea, soap] });
const accept = (rows: Rows, command: AcceptCheckout) => decideOn(rows, acceptCheckout, command);

describe('accepting a checkout', () => {
  it('asks for the sale with the lines priced, and remembers the command', () => {
    const rows = shop();
    const command = commandOf(anOffer());
    const { commandId } = command.body;
    const decision = accept(rows, command);
    expect(decision.messages).toEqual([checkout.CheckoutRequested({
      tenantId: acme, storeId: leeds, tillId: till, commandId, saleId: saleIdOf(acme, commandId), currency: 'GBP', taxMode: 'inclusive',
      lines: [{ sku: tea.sku, description: 'Tea, 80 bags', quantity: 2, unitPriceMinor: 299, taxRateBp: 0 }],
      tenders: [{ type: 'card', amountMinor: 598, cardToken: 'tok_approved' }], totalMinor: 598, requestedAt: new Date(noon).toISOString(), requestHash: aHash('hash'),
    })]);
    expect(decision.answer).toMatchObject({ kind: 'accepted', checkout: { commandId, totalMinor: 598, tillId: till, version: 1 } });
    expect(rows.checkouts.get(keyOf(acme, commandId))).toMatchObject({ commandId });
  });

  it('answers the same command again with what was stored, and asks for nothing twice', () => {
    const rows = shop();
    const command = commandOf(anOffer());
    const first = accept(rows, command);
    const second = accept(rows, command);
    expect(second).toEqual({ answer: { kind: 'replayed', checkout: first.answer?.kind === 'accepted' ? first.answer.checkout : undefined } });
  });

  describe('of goods that have left the shop', () => {
    const soap5 = { sku: soap.sku, description: 'Soap of last week', quantity: 2, unitPriceMinor: 400, taxRateBp: 2000 };
    const ghost = { ...soap5, sku: 'GONE-1' as Sku, unitPriceMinor: 100, quantity: 1 };
    const soldAlone = (overrides: Partial<http.CheckoutBody> = {}, soldAt = new Date(noon - 60_000).toISOString(), lines = [soap5, ghost]): http.CheckoutBody => anOffer({
      lines: lines.map(({ sku, quantity }) => ({ sku, quantity })), totalMinor: 900,
      leftShop: { soldAt, provisionalNumber: 'LEEDS-01-T1-000001', taxMode: 'inclusive', lines }, ...overrides,
    });

    it('takes the sale as it was sold, and flags what the catalogue says otherwise', () => {
      const { messages, answer } = accept(shop(), commandOf(soldAlone()));
      expect(answer).toMatchObject({ kind: 'accepted', checkout: { totalMinor: 900, leftShop: { flags: ['article-unknown', 'price-changed'] } } });
      expect(messages).toMatchObject([{ body: { lines: [soap5, ghost], totalMinor: 900, leftShop: { provisionalNumber: 'LEEDS-01-T1-000001', flags: ['article-unknown', 'price-changed'] } } }]);
    });

    it('X076 flags a card above the limit, a card sale of the day before yesterday, and a clock that is ahead', () => {
      const dear = { ...soap5, unitPriceMinor: 4_000 };
      const flagsOf = (offer: http.CheckoutBody) => accept(shop(), commandOf(offer)).answer;
      expect(flagsOf(soldAlone({ totalMinor: 8_000 }, undefined, [dear]))).toMatchObject({ checkout: { leftShop: { flags: ['price-changed', 'over-limit'] } } });
      expect(flagsOf(soldAlone({}, new Date(noon - 48 * 3_600_000).toISOString()))).toMatchObject({ checkout: { leftShop: { flags: ['article-unknown', 'price-changed', 'too-old'] } } });
      expect(flagsOf(soldAlone({}, new Date(noon + 3_600_000).toISOString()))).toMatchObject({ checkout: { leftShop: { flags: ['article-unknown', 'price-changed', 'clock-wrong'] } } });
    });

    it('takes it for a store that nobody has set up, too', () => {
      expect(accept(rowsOf(), commandOf(soldAlone())).answer).toMatchObject({ kind: 'accepted', checkout: { leftShop: { flags: ['article-unknown', 'store-unknown'] } } });
    });

    it('adds it to a sale that was accepted before the till had heard so, once, and sells nothing twice', () => {
      const rows = shop();
      const commandId = newCommandId();
      accept(rows, commandOf(anOffer(), { commandId }));
      const gone = commandOf({ ...anOffer(), leftShop: { soldAt: new Date(noon).toISOString(), provisionalNumber: 'LEEDS-01-T1-000002', taxMode: 'inclusive', lines: [{ sku: tea.sku, description: 'Tea', quantity: 2, unitPriceMinor: 299, taxRateBp: 0 }] } }, { commandId });
      const marked = accept(rows, gone);
      expect(marked).toMatchObject({ answer: { kind: 'replayed', checkout: { version: 2, leftShop: { flags: [] } } } });
      expect(marked.messages).toBeUndefined();
      expect(accept(rows, gone).changes).toBeUndefined();
    });

    it('refuses what does not add up in itself: that is no sale that a till has made', () => {
      expect(accept(shop(), commandOf(soldAlone({ totalMinor: 901 }))).answer).toMatchObject({ code: 'total-mismatch' });
    });
  });

  it('refuses another request under the same command id', () => {
    const rows = shop();
    const commandId = newCommandId();
    accept(rows, commandOf(anOffer(), { commandId }));
    expect(accept(rows, commandOf(anOffer(), { commandId, bodyHash: aHash('other') }))).toEqual({ answer: expect.objectContaining({ kind: 'refused', code: 'idempotency-key-reused' }) });
  });

  describe('under a command that has sold over the bus before', () => {
    const commandId = newCommandId();
    const { bodyHash: _, ...sold } = aCheckout({ commandId });

    it('tells how that sale went, when it may be the one that is asked for', () => {
      expect(accept(rowsOf({ stores: [aStore()], products: [tea], checkouts: [sold] }), commandOf(anOffer(), { commandId })).answer).toMatchObject({ kind: 'replayed' });
    });

    it.each([
      ['of another total', { ...sold, totalMinor: 1_000 }],
      ['of another currency', { ...sold, currency: 'EUR' }],
      ['of another till', { ...sold, tillId: 'LEEDS-01-T2' as TillId }],
      ['of another store', { ...sold, storeId: 'YORK-01' as StoreId }],
    ])('is refused when that was a sale %s', (_, other) => {
      expect(accept(rowsOf({ stores: [aStore()], products: [tea], checkouts: [other] }), commandOf(anOffer(), { commandId })).answer).toMatchObject({ code: 'idempotency-key-reused' });
    });
  });

  it.each([
    ['an unknown article', { lines: [{ sku: 'NO-1' as Sku, quantity: 1 }] }, 'sku-unknown'],
    ['another total', { totalMinor: 1 }, 'total-mismatch'],
    ['another currency', { currency: 'EUR' }, 'currency-mismatch'],
    ['payments that do not add up', { tenders: [{ type: 'cash' as const, amountMinor: 1, tenderedMinor: 1 }] }, 'tender-mismatch'],
  ])('refuses %s and stores nothing', (_, overrides, code) => {
    expect(accept(shop(), commandOf(anOffer(overrides)))).toEqual({ answer: expect.objectContaining({ kind: 'refused', code }) });
  });

  it('refuses a store that is not set up', () => {
    expect(accept(rowsOf({ products: [tea] }), commandOf(anOffer())).answer).toMatchObject({ code: 'store-unknown' });
  });

  it('sells a basket at the prices of its scans and closes it', () => {
    const basket = aBasket([[{ ...tea, unitPriceMinor: 250 }, 2]]);
    const rows = rowsOf({ stores: [aStore()], baskets: [basket] });
    const command = commandOf(anOffer({ basketId: basket.basketId, totalMinor: 500 }));
    expect(accept(rows, command).messages).toMatchObject([{ body: { totalMinor: 500, lines: [{ unitPriceMinor: 250 }] } }]);
    expect(rows.baskets.get(keyOf(acme, basket.basketId))).toMatchObject({ commandId: command.body.commandId, version: basket.version + 1 });
  });

  it('sells a basket once', () => {
    const basket = aBasket([[tea, 2]]);
    const rows = rowsOf({ stores: [aStore()], baskets: [basket] });
    accept(rows, commandOf(anOffer({ basketId: basket.basketId })));
    expect(accept(rows, commandOf(anOffer({ basketId: basket.basketId }))).answer).toMatchObject({ code: 'basket-closed' });
  });

  it('does not know the basket of another store', () => {
    const basket = aBasket([[tea, 2]], { storeId: 'YORK-01' as StoreId });
    expect(accept(rowsOf({ stores: [aStore()], baskets: [basket] }), commandOf(anOffer({ basketId: basket.basketId }))).answer).toMatchObject({ code: 'basket-unknown' });
  });

  it('looks at the command, the store and the articles, and at nothing else', () => {
    const command = commandOf(anOffer({ lines: [{ sku: tea.sku, quantity: 1 }, { sku: soap.sku, quantity: 1 }] }));
    expect(acceptCheckout.needs(command).map((need) => [need.kind, need.tenantId])).toEqual([['checkout', acme], ['store', acme], ['product', acme], ['product', acme]]);
  });
});
