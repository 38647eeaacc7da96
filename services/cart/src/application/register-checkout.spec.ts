import { checkout } from '@checkout/contracts';
import { saleIdOf, type CommandId, type SaleId } from '@checkout/kernel';
import { aBasket, aCheckout, acme, aHash, decideOn, leeds, newCommandId, noon, rowsOf, shortOfTea, till } from '../testing.ts';
import { keyOf, type Rows } from './ports.ts';
import { registerCheckout } from './register-checkout.ts';

const started = (commandId: CommandId, more: { basketId?: SaleId; requestHash?: string; totalMinor?: number } = {}) =>
  checkout.CheckoutStarted({
    tenantId: acme, storeId: leeds, saleId: saleIdOf(acme, commandId), commandId, tillId: till, currency: 'GBP', totalMinor: 598,
    requestedAt: new Date(noon - 5_000).toISOString(), requestHash: aHash('asked'), ...more,
  });
const register = (rows: Rows, message: checkout.CheckoutStarted) => decideOn(rows, registerCheckout, message);
const rowOf = (rows: Rows, commandId: CommandId) => rows.checkouts.get(keyOf(acme, commandId));

describe('a sale that came past the database', () => {
  it('is known from here on, as it was accepted', () => {
    const commandId = newCommandId();
    const rows = rowsOf();
    register(rows, checkout.CheckoutStarted({ ...started(commandId).body, pricedFrom: { snapshotAt: new Date(noon - 60_000).toISOString() } }));
    expect(rowOf(rows, commandId)).toEqual({
      tenantId: acme, storeId: leeds, saleId: saleIdOf(acme, commandId), commandId, tillId: till, currency: 'GBP', totalMinor: 598,
      bodyHash: aHash('asked'), acceptedVia: 'bus', acceptedAt: noon - 5_000, pricedAt: noon - 60_000, version: 1,
    });
  });

  it('closes its basket, once', () => {
    const [commandId, basket] = [newCommandId(), aBasket()];
    const rows = rowsOf({ baskets: [basket] });
    register(rows, started(commandId, { basketId: basket.basketId }));
    expect(rows.baskets.get(keyOf(acme, basket.basketId))).toMatchObject({ commandId, version: basket.version + 1 });
    expect(register(rows, started(commandId, { basketId: basket.basketId }))).toEqual({});
  });

  it('leaves a basket alone that another checkout has closed', () => {
    const [commandId, basket] = [newCommandId(), aBasket(undefined, { commandId: newCommandId() })];
    const decision = register(rowsOf({ baskets: [basket] }), started(commandId, { basketId: basket.basketId }));
    expect(decision.changes).toEqual([{ kind: 'checkout-saved', checkout: expect.objectContaining({ commandId }) as unknown }]);
  });

  it('changes nothing when the database has accepted it as well', () => {
    const commandId = newCommandId();
    expect(register(rowsOf({ checkouts: [aCheckout({ commandId, bodyHash: aHash('asked') })] }), started(commandId))).toEqual({});
  });

  it('is the sale when the database has accepted another under its command: the till is told of the one that began', () => {
    const commandId = newCommandId();
    const [wrong, right] = [aBasket(undefined, { commandId }), aBasket()];
    const rows = rowsOf({ baskets: [wrong, right], checkouts: [aCheckout({ commandId, bodyHash: aHash('other'), totalMinor: 450, basketId: wrong.basketId })] });
    const { effects } = register(rows, started(commandId, { basketId: right.basketId }));
    expect(rowOf(rows, commandId)).toMatchObject({ totalMinor: 598, bodyHash: aHash('asked'), basketId: right.basketId, version: 2 });
    expect(rows.baskets.get(keyOf(acme, wrong.basketId))?.commandId).toBeUndefined();
    expect(rows.baskets.get(keyOf(acme, right.basketId))?.commandId).toBe(commandId);
    expect(effects).toMatchObject([{ kind: 'superseded', accepted: { totalMinor: 450 } }]);
  });

  it('whose end was told first keeps it, and a basket of a sale that came to nothing stays open', () => {
    const [commandId, basket] = [newCommandId(), aBasket()];
    const { bodyHash: _, ...ended } = aCheckout({ commandId, ending: { state: 'rejected', reason: shortOfTea, endedAt: noon } });
    const rows = rowsOf({ baskets: [basket], checkouts: [ended] });
    register(rows, started(commandId, { basketId: basket.basketId }));
    expect(rowOf(rows, commandId)).toMatchObject({ bodyHash: aHash('asked'), ending: { state: 'rejected' }, version: 2 });
    expect(rows.baskets.get(keyOf(acme, basket.basketId))?.commandId).toBeUndefined();
  });
});
