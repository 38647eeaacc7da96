import { payment } from '@checkout/contracts';
import { authorizedSale, card, cash, contradiction, declined, done, sale, shop, silence, stalled } from '../testing.ts';

const voided = payment.PaymentVoided(sale);

describe('voiding a payment', () => {
  it('gives back what was authorized, by the provider\'s own id', () => {
    const till = authorizedSale(card(598), cash(100)).void();
    expect(till.tenderStates).toEqual(['pending', 'voided']);
    expect(till.lastAsk(1).question).toMatchObject({ operation: 'void', providerId: 'auth_1', idempotencyKey: `${sale.saleId}:1:void` });
    expect(till.takeMessages()).toEqual([]);
    expect(till.answer(1, done('auth_1')).takeMessages()).toEqual([voided]);
    expect(till.ledger).toEqual(['2 authorized 100', '1 authorized 598', '2 voided 100', '1 voided 598']);
  });

  it('hands cash back at once', () => {
    expect(authorizedSale(cash(598)).void().takeMessages()).toEqual([voided]);
  });

  it('bars by reference what may still be authorized, and forgets the token', () => {
    const till = shop().authorize(card(598)).void();
    expect(till.lastAsk(1).question).toMatchObject({ operation: 'void', providerId: null, reference: `${sale.saleId}:1`, cardToken: null });
    expect(till.answer(1, done(null)).takeMessages()).toEqual([voided]);
    expect(till.ledger).toEqual([]);
  });

  it('books what it only learns of by voiding it', () => {
    const till = shop().authorize(card(598)).answer(1, silence).void().answer(1, done('auth_1'));
    expect(till.takeMessages()).toEqual([voided]);
    expect(till.ledger).toEqual(['1 authorized 598', '1 voided 598']);
  });

  it('leaves a tombstone for a sale it has never heard of', () => {
    const till = shop().void();
    expect(till.takeMessages()).toEqual([voided]);
    expect(till.payment).toMatchObject({ state: 'voided', currency: null, totalMinor: 0, tenders: [] });
    expect(till.asks).toEqual([]);
  });

  it('asks again until the provider has let go', () => {
    const till = authorizedSale(card(598)).void().answer(1, silence);
    expect(till.takeMessages()).toEqual([]);
    expect(till.payment).toMatchObject({ state: 'voiding' });
    till.overdue(1);
    expect(till.lastAsk(1)).toMatchObject({ attempt: 2, question: { idempotencyKey: `${sale.saleId}:1:void` } });
    expect(till.answer(1, done('auth_1')).takeMessages()).toEqual([voided]);
  });

  it('calls a person when the provider says the money is taken', () => {
    const till = authorizedSale(card(598)).void().answer(1, contradiction);
    expect(till.payment).toMatchObject({ state: 'voiding', attention: 'provider-contradiction' });
    expect(till.takeMessages()).toEqual([stalled('provider-contradiction')]);
    const other = authorizedSale(card(598)).void().answer(1, declined('already_captured'));
    expect(other.payment).toMatchObject({ state: 'voiding', attention: 'provider-contradiction' });
  });

  it('changes nothing when it is asked for again while under way', () => {
    const till = authorizedSale(card(598)).void();
    till.takeAsks();
    till.void();
    expect([till.messages, till.asks]).toEqual([[], []]);
  });

  it('gives the same answer again, also when the payment was declined', () => {
    expect(authorizedSale(cash(598)).void().void().takeMessages()).toEqual([voided, voided]);
    const till = shop().authorize(card(598)).answer(1, declined());
    till.takeMessages();
    expect(till.void().takeMessages()).toEqual([voided]);
    expect(till.payment?.state).toBe('declined');
  });

  it('is invalid once the money is being taken: that can only be refunded', () => {
    const invalid = expect.objectContaining({ code: 'void-after-capture' });
    expect(() => authorizedSale(card(598)).capture().void()).toThrow(invalid);
    expect(() => authorizedSale(cash(598)).capture().void()).toThrow(invalid);
  });
});

describe('an authorization that succeeds after the sale was given up', () => {
  it('is noted while its void is under way', () => {
    const till = shop().authorize(card(598));
    const late = till.lastAsk(1);
    till.void().answer(1, done('auth_1'), late);
    expect(till.takeMessages()).toEqual([]);
    expect(till.answer(1, done(null)).takeMessages()).toEqual([voided]);
    expect(till.ledger).toEqual(['1 authorized 598', '1 voided 598']);
  });

  it('P05 is voided by its id when the void by reference had found nothing', () => {
    const till = shop().authorize(card(598));
    const late = till.lastAsk(1);
    till.void().answer(1, done(null));
    expect(till.takeMessages()).toEqual([voided]);
    till.answer(1, done('auth_late'), late);
    expect(till.lastAsk(1).question).toMatchObject({ operation: 'void', providerId: 'auth_late', idempotencyKey: `${sale.saleId}:1:void:2` });
    expect(till.payment?.state).toBe('voided');
    till.answer(1, done('auth_late'));
    expect(till.takeMessages()).toEqual([]);
    expect(till.ledger).toEqual(['1 authorized 598', '1 voided 598']);
  });

  it('is known already when the void had found it, and changes nothing', () => {
    const till = shop().authorize(card(598));
    const late = till.lastAsk(1);
    till.void().answer(1, done('auth_1'));
    const { version } = till.payment ?? {};
    till.answer(1, done('auth_1'), late);
    expect(till.payment?.version).toBe(version);
  });

  it.each([['declined', declined()], ['unknown', silence]])('changes nothing when it was %s after all', (_, outcome) => {
    const till = shop().authorize(card(598));
    const late = till.lastAsk(1);
    till.void().answer(1, outcome, late);
    expect(till.payment).toMatchObject({ state: 'voiding' });
    expect(till.tenderStates).toEqual(['pending']);
  });
});
