import { uuidv7, type SaleId, type StoreId, type TillId } from '@checkout/kernel';
import { mostParked, waitsForMs, type ParkedSale } from '../domain/parked-sale.ts';
import { acme, aStore, decideOn, leeds, noon, rowsOf, soldFrom, tea, till } from '../testing.ts';
import { parkSale, type ParkSale } from './park-sale.ts';

const newId = () => uuidv7() as SaleId;
const park = (parkedId: SaleId, { tillId = till, storeId = leeds, quantity = 2 } = {}): ParkSale =>
  ({ type: 'cart.park-sale', body: { tenantId: acme, storeId, tillId, parkedId, basket: { name: 'red scarf', currency: 'GBP', lines: [soldFrom(tea, quantity)] } } });
const shop = (parked: readonly ParkedSale[] = []) => rowsOf({ stores: [aStore()], parked });

it('parks a basket under the smallest free number, with its prices, for a day', () => {
  const rows = shop();
  const first = decideOn(rows, parkSale, park(newId()));
  const second = decideOn(rows, parkSale, park(newId()));
  expect(first.answer).toMatchObject({ number: 1, name: 'red scarf', totalMinor: 598, state: 'waiting', tillId: till, expiresAt: noon + waitsForMs, lines: [soldFrom(tea, 2)] });
  expect(second.answer).toMatchObject({ number: 2 });
});

it('parks a basket once, however often it is asked to', () => {
  const rows = shop();
  const id = newId();
  const first = decideOn(rows, parkSale, park(id));
  const again = decideOn(rows, parkSale, park(id));
  expect(again).toEqual({ answer: first.answer });
  expect(decideOn(rows, parkSale, park(id, { tillId: 'LEEDS-01-T2' as TillId })).answer).toMatchObject({ code: 'idempotency-key-reused' });
});

it('takes no other goods for those of a basket that is parked already', () => {
  const rows = shop();
  const id = newId();
  decideOn(rows, parkSale, park(id));
  expect(decideOn(rows, parkSale, park(id, { quantity: 3 }))).toEqual({ answer: expect.objectContaining({ code: 'idempotency-key-reused' }) as unknown });
});

it('gives out the number of a basket that nobody came for', () => {
  const rows = shop();
  const forgotten = decideOn(rows, parkSale, park(newId()));
  const nextDay = decideOn(rows, parkSale, park(newId()), { now: noon + waitsForMs });
  expect(forgotten.answer).toMatchObject({ number: 1 });
  expect(nextDay.answer).toMatchObject({ number: 1 });
  expect(nextDay.changes).toContainEqual({ kind: 'parked-saved', parked: expect.objectContaining({ state: 'dropped', version: 2 }) });
});

it('says when all numbers of the store are in use', () => {
  const rows = shop();
  for (let count = 0; count < mostParked; count += 1) decideOn(rows, parkSale, park(newId()));
  expect(decideOn(rows, parkSale, park(newId())).answer).toMatchObject({ code: 'parked-sales-full' });
});

it('parks nothing for a store that is not set up', () => {
  expect(decideOn(shop(), parkSale, park(newId(), { storeId: 'YORK-01' as StoreId })).answer).toMatchObject({ code: 'store-unknown' });
});
