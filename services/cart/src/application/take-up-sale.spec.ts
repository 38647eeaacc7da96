import { uuidv7, type SaleId, type StoreId, type TillId } from '@checkout/kernel';
import { waitsForMs } from '../domain/parked-sale.ts';
import { acme, aStore, decideOn, leeds, noon, rowsOf, soldFrom, tea, till } from '../testing.ts';
import { parkSale } from './park-sale.ts';
import { takeUpSale } from './take-up-sale.ts';

const other = 'LEEDS-01-T2' as TillId;
const third = 'LEEDS-01-T3' as TillId;
const parkedId = uuidv7() as SaleId;

function withOneParked() {
  const rows = rowsOf({ stores: [aStore()] });
  decideOn(rows, parkSale, { type: 'cart.park-sale', body: { tenantId: acme, storeId: leeds, tillId: till, parkedId, basket: { currency: 'GBP', lines: [soldFrom(tea, 2)] } } });
  return rows;
}
const takeUp = (tillId: TillId, takeUpId: string, storeId = leeds) => ({ type: 'cart.take-up-sale', body: { tenantId: acme, storeId, tillId, parkedId, takeUpId } }) as const;

it('gives a parked basket to the first till that asks, and tells the second who has it', () => {
  const rows = withOneParked();
  expect(decideOn(rows, takeUpSale, takeUp(other, 'press 1')).answer).toMatchObject({ state: 'taken', taken: { by: other, at: noon } });
  const late = decideOn(rows, takeUpSale, takeUp(third, 'press 2'));
  expect(late).toEqual({ answer: { kind: 'taken', by: other, at: noon } });
});

it('answers a till again whose answer was lost, and not a second press of the same till', () => {
  const rows = withOneParked();
  const first = decideOn(rows, takeUpSale, takeUp(other, 'press 1'));
  expect(decideOn(rows, takeUpSale, takeUp(other, 'press 1'))).toEqual({ answer: first.answer });
  expect(decideOn(rows, takeUpSale, takeUp(other, 'press 2')).answer).toMatchObject({ kind: 'taken', by: other });
});

it('knows no basket of another store, and none that has waited for more than a day', () => {
  const rows = withOneParked();
  expect(decideOn(rows, takeUpSale, takeUp(other, 'press 1', 'YORK-01' as StoreId)).answer).toMatchObject({ code: 'parked-sale-unknown' });
  expect(decideOn(rows, takeUpSale, takeUp(other, 'press 1'), { now: noon + waitsForMs }).answer).toMatchObject({ code: 'parked-sale-unknown' });
});
