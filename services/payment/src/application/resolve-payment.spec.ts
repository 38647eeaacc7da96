import { payment } from '@checkout/contracts';
import { authorizedSale, card, contradiction, declined, done, sale, shop, silence } from '../testing.ts';

describe('a person who has found out', () => {
  it('that the card was charged ends the capture, and the trail says whose word it is', () => {
    const till = authorizedSale(card(598)).capture().answer(1, contradiction);
    till.takeMessages();
    expect(till.resolve(1, { kind: 'done' })).toBe('resolved');
    expect(till.takeMessages()).toEqual([payment.PaymentCaptured({ ...sale, capturedMinor: 598, changeMinor: 0 })]);
    expect(till.payment?.attention).toBeNull();
    expect(till.trail).toContain('1 operator:op-1 resolved-by-person: done: asked on the phone');
  });

  it('that the card was not charged lets the sale be undone', () => {
    const till = authorizedSale(card(598)).capture().answer(1, contradiction);
    till.takeMessages();
    till.resolve(1, { kind: 'not-done' });
    expect(till.takeMessages()).toEqual([payment.CaptureRefused({ ...sale, declineCode: 'resolved-by-operator' })]);
  });

  it('that money is held says under which name', () => {
    const till = shop().authorize(card(598)).answer(1, silence);
    till.resolve(1, { kind: 'done', providerId: 'auth_9' });
    expect(till.payment?.tenders[0]).toMatchObject({ state: 'authorized', providerId: 'auth_9' });
  });

  it('that no money is held is believed only once the provider has barred it', () => {
    const till = shop().authorize(card(598)).answer(1, contradiction);
    till.takeAsks();
    till.takeMessages();
    till.resolve(1, { kind: 'not-done' });
    expect(till.takeAsks()).toMatchObject([{ question: { operation: 'void', providerId: null } }]);
    expect(till.takeMessages()).toEqual([]);
  });

  it('that the provider was put right has it asked again', () => {
    const till = authorizedSale(card(598)).capture().answer(1, contradiction);
    till.takeAsks();
    till.resolve(1, { kind: 'ask-again' });
    expect(till.takeAsks()).toMatchObject([{ attempt: 2, question: { operation: 'capture' } }]);
    expect(till.payment?.attention).toBeNull();
  });

  it('what everybody knows changes nothing', () => {
    expect(authorizedSale(card(598)).resolve(1, { kind: 'not-done' })).toBe('nothing-to-resolve');
    expect(authorizedSale(card(598)).resolve(7, { kind: 'done' })).toBe('nothing-to-resolve');
    expect(shop().authorize(card(598)).answer(1, declined()).resolve(1, { kind: 'done' })).toBe('nothing-to-resolve');
    expect(shop().resolve(1, { kind: 'done' })).toBe('not-found');
  });

  it('is answered once, and not by a late answer of the provider', () => {
    const till = authorizedSale(card(598)).capture().answer(1, silence);
    till.resolve(1, { kind: 'done' });
    till.takeMessages();
    till.answer(1, done('auth_1'));
    expect(till.takeMessages()).toEqual([]);
    expect(till.ledger).toEqual(['1 authorized 598', '1 captured 598']);
  });
});
