import { inventory, payment } from '@checkout/contracts';
import type { StoreId } from '@checkout/kernel';
import { aSale, Desk } from '../testing.ts';
import { ContinueCheckout } from './continue-checkout.ts';
import { GiveUpCheckout, type GiveUp } from './give-up-checkout.ts';
import { StartCheckout } from './start-checkout.ts';

const { request, start, reserved, authorized } = aSale();
const giveUp = (storeId?: StoreId): GiveUp => ({
  type: 'checkout.given-up', body: { tenantId: start.tenantId, saleId: start.saleId, storeId, by: 'op-1', reason: 'the shop is closed' },
});
const begun = (...replies: readonly (typeof reserved | typeof authorized)[]): Desk => {
  const desk = new Desk();
  desk.handle(new StartCheckout(), request);
  for (const reply of replies) desk.handle(new ContinueCheckout(), reply);
  return desk;
};

describe('giving a sale up', () => {
  it('undoes it, the awaited step too, and its time line says who and why', () => {
    const desk = begun(reserved);
    const { answer, messages, changes } = desk.handle(new GiveUpCheckout(), giveUp());
    expect(answer).toBe('given-up');
    expect(messages?.map(({ type }) => type)).toEqual([payment.VoidPayment.type]);
    expect(changes?.[0]?.entries).toMatchObject([{ event: 'given-up', step: 'authorize payment', detail: 'authorize payment: given up without an answer, by op-1: the shop is closed' }]);
  });

  it('is too late once the capture was asked for, and the second time', () => {
    expect(begun(reserved, authorized).handle(new GiveUpCheckout(), giveUp()).answer).toBe('too-late');
    const desk = begun();
    expect(desk.handle(new GiveUpCheckout(), giveUp()).messages?.map(({ type }) => type)).toEqual([inventory.ReleaseStock.type]);
    expect(desk.handle(new GiveUpCheckout(), giveUp()).answer).toBe('too-late');
  });

  it('is not for a sale of another store, nor for one that is not there', () => {
    expect(begun().handle(new GiveUpCheckout(), giveUp('BATH-01' as StoreId)).answer).toBe('not-found');
    expect(new Desk().handle(new GiveUpCheckout(), giveUp()).answer).toBe('not-found');
  });
});
