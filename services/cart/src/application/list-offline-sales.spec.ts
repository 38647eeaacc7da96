import { acme, aCheckout, newCommandId, noon, shortOfTea } from '../testing.ts';
import { listOfflineSales, placeIn } from './list-offline-sales.ts';

const leftShop = { soldAt: '2026-01-05T11:00:00.000Z', provisionalNumber: 'LEEDS-01-T1-000007', flags: ['price-changed' as const] };
const list = (...checkouts: Parameters<typeof aCheckout>[0][]) => listOfflineSales({ page: () => Promise.resolve(checkouts.map((each) => aCheckout(each))), givenTwice: () => Promise.resolve(new Set()) }, acme, undefined, undefined);

it('T17 shows what is wrong with each sale: at the door, with the goods, and with the money', async () => {
  const { sales, next } = await list(
    { leftShop },
    { leftShop, ending: { state: 'completed', receiptNumber: 'S-000001', changeMinor: 0, endedAt: noon, shortages: shortOfTea.shortages ?? [] } },
    { leftShop, ending: { state: 'declined', reason: { code: 'payment-declined', message: 'declined' }, endedAt: noon } },
  );
  expect(sales.map(({ state, flags }) => [state, flags])).toEqual([
    ['accepted', ['price-changed']],
    ['completed', ['price-changed', 'out-of-stock']],
    ['declined', ['price-changed', 'not-sold']],
  ]);
  expect(sales[0]).toMatchObject({ provisionalNumber: 'LEEDS-01-T1-000007', soldAt: leftShop.soldAt, acceptedAt: new Date(noon).toISOString() });
  expect(next).toBeUndefined();
});

it('says where the next page begins when there may be one', async () => {
  const commandId = newCommandId();
  const { next = '' } = await list(...Array.from({ length: 100 }, () => ({ leftShop, commandId })));
  expect(placeIn(next)).toEqual({ soldAt: Date.parse(leftShop.soldAt), commandId });
});

it.each(['', 'noon', '2026-01-05', '2026-01-05T11:00:00Z/7', '/'])('knows no place by %p', (text) => {
  expect(placeIn(text)).toBeUndefined();
});
