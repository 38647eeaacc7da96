import { checkout } from '@checkout/contracts';
import type { TillId } from '@checkout/kernel';
import { aBasket, aCheckout, acme, decideOn, leeds, noon, rowsOf, shortOfTea, tea, till } from '../testing.ts';
import { cancelCheckout, completeCheckout } from './end-checkout.ts';
import { keyOf } from './ports.ts';

const accepted = aCheckout();
const otherTill = 'LEEDS-01-T2' as TillId;
const of = { tenantId: acme, storeId: leeds, saleId: accepted.saleId, commandId: accepted.commandId, tillId: till, currency: 'GBP', totalMinor: 598 };
const completed = checkout.CheckoutCompleted({ ...of, receiptNumber: 'S-000042', changeMinor: 2 });
const cancelled = checkout.CheckoutCancelled({ ...of, reason: shortOfTea });

describe('the end of a checkout', () => {
  it('completes it with the number of its receipt', () => {
    const { changes, effects } = decideOn(rowsOf({ checkouts: [accepted] }), completeCheckout, completed, { now: noon + 800 });
    const ended = { ...accepted, version: 2, ending: { state: 'completed', receiptNumber: 'S-000042', changeMinor: 2, endedAt: noon + 800 } };
    expect(changes).toEqual([{ kind: 'checkout-saved', checkout: ended }]);
    expect(effects).toEqual([{ kind: 'ended', checkout: ended }]);
  });

  it('rejects it when goods were missing, and opens its basket again', () => {
    const basket = aBasket([[tea, 2]], { commandId: accepted.commandId });
    const rows = rowsOf({ checkouts: [{ ...accepted, basketId: basket.basketId }], baskets: [basket] });
    decideOn(rows, cancelCheckout, cancelled);
    expect(rows.checkouts.get(keyOf(acme, accepted.commandId))).toMatchObject({ ending: { state: 'rejected', reason: shortOfTea } });
    expect(rows.baskets.get(keyOf(acme, basket.basketId))).not.toHaveProperty('commandId');
  });

  it('leaves the basket of a completed sale closed', () => {
    const basket = aBasket([[tea, 2]], { commandId: accepted.commandId });
    const rows = rowsOf({ checkouts: [accepted], baskets: [basket] });
    decideOn(rows, completeCheckout, completed);
    expect(rows.baskets.get(keyOf(acme, basket.basketId))).toEqual(basket);
  });

  it('changes nothing when it is told again', () => {
    const rows = rowsOf({ checkouts: [accepted] });
    decideOn(rows, completeCheckout, completed);
    expect(decideOn(rows, completeCheckout, completed)).toEqual({});
  });

  it('changes nothing when it comes after another end, but somebody hears of it', () => {
    const rows = rowsOf({ checkouts: [accepted] });
    decideOn(rows, completeCheckout, completed);
    expect(decideOn(rows, cancelCheckout, cancelled)).toEqual({ effects: [expect.objectContaining({ kind: 'contradicted', told: 'rejected' })] });
  });

  it('tells of the sale that was made, when the command had asked for another one over the bus', () => {
    const rows = rowsOf({ checkouts: [accepted] });
    decideOn(rows, completeCheckout, checkout.CheckoutCompleted({ ...completed.body, tillId: otherTill, totalMinor: 1_000 }));
    const told = rows.checkouts.get(keyOf(acme, accepted.commandId));
    expect(told).toMatchObject({ totalMinor: 1_000, tillId: otherTill, acceptedAt: accepted.acceptedAt, version: 2, ending: { state: 'completed' } });
    expect(told).not.toHaveProperty('bodyHash');
  });

  it('is remembered for a sale that came straight over the bus', () => {
    const rows = rowsOf({});
    decideOn(rows, completeCheckout, completed);
    expect(rows.checkouts.get(keyOf(acme, accepted.commandId))).toMatchObject({ tillId: till, currency: 'GBP', totalMinor: 598, version: 1, ending: { state: 'completed' } });
  });
});
