import { operations } from '@checkout/contracts';
import { authorizedSale, card, done, sale, shop, silence } from '../testing.ts';

describe('a difference between the provider’s ledger and ours', () => {
  it('is for a person, once', () => {
    const till = authorizedSale(card(598)).capture().answer(1, done());
    till.takeMessages();
    till.booksDiffer(1, 'voided 598 GBP there; captured here').booksDiffer(1, 'voided 598 GBP there; captured here');
    expect(till.payment).toMatchObject({ state: 'captured', attention: 'books-differ' });
    expect(till.alarms).toMatchObject([{ type: operations.AttentionNeeded.type, body: { reason: 'books-differ' } }]);
    expect(till.trail).toContain('1 reconciliation found-in-books: voided 598 GBP there; captured here');
    // Nobody waits for an answer of a payment that is over.
    expect(till.takeMessages()).toEqual([]);
  });

  it('that is money held for a sale that was given up is let go', () => {
    const till = shop().authorize(card(598)).answer(1, silence).void().answer(1, done(null));
    till.takeAsks();
    till.booksDiffer(1, 'authorized 598 GBP there; no authorization here', 'auth_late');
    expect(till.takeAsks()).toMatchObject([{ question: { operation: 'void', providerId: 'auth_late' } }]);
  });

  it('about a sale that we do not have is told to the desk', () => {
    const till = shop().booksDiffer(1, 'captured 598 GBP there; nothing here');
    expect(till.alarms).toMatchObject([{ body: { saleId: sale.saleId, reason: 'books-differ', detail: 'captured 598 GBP there; nothing here' } }]);
  });
});
