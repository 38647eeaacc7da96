import { inventory, payment } from '@checkout/contracts';
import type { StoreId } from '@checkout/kernel';
import { ofSale } from '../domain/start-message.ts';
import { aSale, Desk } from '../testing.ts';
import { ContinueCheckout, type Reply } from './continue-checkout.ts';
import { StartCheckout } from './start-checkout.ts';

const sale = aSale();
const begun = (...replies: readonly Reply[]): Desk => {
  const desk = new Desk();
  desk.handle(new StartCheckout(), sale.request);
  for (const reply of replies) desk.handle(new ContinueCheckout(), reply);
  return desk;
};

describe('a reply', () => {
  it('takes its checkout to the next step', () => {
    const desk = begun();
    desk.now += 40;
    const { messages, changes } = desk.handle(new ContinueCheckout(), sale.reserved);
    expect(messages?.map(({ type }) => type)).toEqual([payment.AuthorizePayment.type]);
    expect(changes).toMatchObject([{
      before: { version: 1 },
      after: { version: 2, entryCount: 2, wakeAt: desk.now + 30_000, instance: { awaiting: [1] } },
      entries: [{ sequence: 2, at: '2026-01-05T12:00:00.040Z', event: 'succeeded', step: 'reserve stock' }],
    }]);
  });

  it('changes nothing when it comes twice', () => {
    expect(begun(sale.reserved).handle(new ContinueCheckout(), sale.reserved)).toEqual({});
  });

  it('X140 changes nothing when it comes after the end', () => {
    expect(begun(sale.short).handle(new ContinueCheckout(), sale.reserved)).toEqual({});
  });

  it.each([
    ['X137 answers what was not asked: an undoing', sale.released],
    ['X139 answers what is asked later', sale.captured],
    ['X139 answers what is asked last', sale.issued],
  ])('%s changes nothing, and the sale goes on', (_what, reply) => {
    const desk = begun();
    expect(desk.handle(new ContinueCheckout(), reply)).toEqual({});
    for (const each of [sale.reserved, sale.authorized, sale.captured, sale.committed, sale.issued]) desk.handle(new ContinueCheckout(), each);
    expect(desk.find(sale.start.tenantId, sale.start.saleId)).toMatchObject({ instance: { phase: 'completed' } });
  });

  it.each([
    ['goods that are short', 'set aside', sale.reserved, sale.short, 'forward'],
    ['goods that are set aside', 'short', sale.short, sale.reserved, 'cancelled'],
  ])('X138 of %s is not heard when they were said to be %s', (_second, _first, first, second, phase) => {
    const desk = begun(first);
    expect(desk.handle(new ContinueCheckout(), second)).toEqual({});
    expect(desk.find(sale.start.tenantId, sale.start.saleId)).toMatchObject({ instance: { phase } });
  });

  it('ends the checkout: no timer is left, and no card token', () => {
    const desk = begun(sale.reserved, sale.authorized, sale.captured, sale.committed, sale.issued);
    const checkout = desk.find(sale.start.tenantId, sale.start.saleId);
    expect(checkout).toMatchObject({ instance: { phase: 'completed', results: { 'capture payment': { changeMinor: 0 }, 'issue receipt': { receiptNumber: 'S-000001' } } } });
    expect(checkout).not.toHaveProperty('wakeAt');
    expect(checkout).not.toHaveProperty('start');
    expect(JSON.stringify(checkout)).not.toContain('tok_');
  });

  it('leaves a time line without gaps', () => {
    const entries = begun(sale.reserved, sale.declined, sale.released).changes.flatMap((change) => change.entries);
    expect(entries.map(({ sequence, event, step }) => [sequence, event, step])).toEqual([
      [1, 'started', undefined],
      [2, 'succeeded', 'reserve stock'],
      [3, 'refused', 'authorize payment'],
      [4, 'compensated', 'reserve stock'],
      [5, 'cancelled', undefined],
    ]);
  });

  it('X136 is invalid for a sale that never began', () => {
    expect(() => new Desk().handle(new ContinueCheckout(), sale.reserved)).toThrow(expect.objectContaining({ code: 'unknown-saga' }) as Error);
  });

  it('is invalid when it speaks for another store', () => {
    const foreign = inventory.StockReserved({ ...ofSale(sale.start), storeId: 'YORK-01' as StoreId, expiresAt: '2026-01-05T12:15:00.000Z' });
    expect(() => begun().handle(new ContinueCheckout(), foreign)).toThrow(expect.objectContaining({ code: 'store-mismatch' }) as Error);
  });
});
