import { operations, payment } from '@checkout/contracts';
import { hours, minutes } from '@checkout/kernel';
import type { Notice } from '../domain/notice.ts';
import { authorizedSale, card, done, sale, shop, silence } from '../testing.ts';

const notice = (status: Notice['status'], more: Partial<Notice> = {}): Notice =>
  ({ providerId: 'auth_1', status, declineCode: undefined, amountMinor: 598, currency: 'GBP', position: 1, ...more });
const doubtful = () => {
  const till = shop().authorize(card(598)).answer(1, silence);
  till.takeMessages();
  return till;
};

describe('a webhook', () => {
  it('tells what no answer told', () => {
    const till = doubtful();
    expect(till.told(notice('authorized'))).toBe('applied');
    expect(till.takeMessages()).toEqual([payment.PaymentAuthorized({ ...sale, totalMinor: 598 })]);
    expect(till.trail).toEqual(['1 provider in-doubt: authorize, request 1: time-out', '1 webhook told-by-webhook: authorized, in evt_1']);
  });

  it('P08 may come before the answer, which then tells nothing new', () => {
    const till = shop().authorize(card(598));
    till.told(notice('authorized'));
    till.answer(1, done('auth_1'));
    expect(till.takeMessages()).toHaveLength(1);
    expect(till.ledger).toEqual(['1 authorized 598']);
  });

  it('P06, P08 may come after the answer, or twice under two ids, and tells nothing new', () => {
    const till = authorizedSale(card(598)).capture().answer(1, done('auth_1'));
    till.takeMessages();
    expect([till.told(notice('captured')), till.told(notice('captured'), 'evt_2')]).toEqual(['applied', 'applied']);
    expect(till.takeMessages()).toEqual([]);
    expect(till.ledger).toEqual(['1 authorized 598', '1 captured 598']);
  });

  it('P06 counts once under one id, and the first one counts', () => {
    const till = doubtful();
    till.told(notice('authorized'));
    expect(till.told(notice('authorized'))).toBe('repeated');
    expect(till.told(notice('declined'), 'evt_1', 'another hash')).toBe('conflicting');
    expect(till.tenderStates).toEqual(['authorized']);
  });

  it('does no harm in the wrong order', () => {
    const till = authorizedSale(card(598)).capture().answer(1, silence);
    till.told(notice('captured'));
    till.told(notice('authorized'), 'evt_0');
    expect(till.payment).toMatchObject({ state: 'captured', attention: null });
  });

  it.each([
    ['authorize', () => doubtful(), payment.PaymentDeclined({ ...sale, position: 1, declineCode: 'expired_card' })],
    ['capture', () => authorizedSale(card(598)).capture().answer(1, silence), payment.CaptureRefused({ ...sale, declineCode: 'expired_card' })],
  ] as const)('that tells of a decline is about the question that is open: %s', (_, given, expected) => {
    const till = given();
    till.told(notice('declined', { declineCode: 'expired_card' }));
    expect(till.takeMessages()).toEqual([expected]);
  });

  it('that tells of a void ends it', () => {
    const till = authorizedSale(card(598)).void().answer(1, silence);
    till.told(notice('voided'));
    expect(till.takeMessages()).toEqual([payment.PaymentVoided(sale)]);
  });

  it('P05 that tells late of an authorization which was given up has it let go', () => {
    const till = doubtful().void().answer(1, done(null));
    till.told(notice('authorized'));
    expect(till.lastAsk(1)).toMatchObject({ round: 2, question: { operation: 'void', providerId: 'auth_1' } });
    till.answer(1, done('auth_1'));
    expect(till.tenderStates).toEqual(['voided']);
    expect(till.ledger).toEqual(['1 authorized 598', '1 voided 598']);
  });

  it.each([
    ['another amount', { amountMinor: 599 }],
    ['another currency', { currency: 'EUR' }],
    ['a second authorization', { providerId: 'auth_2' }],
  ])('P18 that tells of %s is for a person, even when all was settled', (_, more) => {
    const till = authorizedSale(card(598));
    till.told(notice('authorized', more));
    expect(till.payment).toMatchObject({ state: 'authorized', attention: 'provider-contradiction' });
    expect(till.alarms).toMatchObject([{ type: operations.AttentionNeeded.type, body: { reason: 'provider-contradiction' } }]);
  });

  it('that tells of a capture which nobody asked for is for a person', () => {
    const till = authorizedSale(card(598));
    till.told(notice('captured'));
    expect(till.payment?.attention).toBe('provider-contradiction');
  });
});

describe('a webhook of a sale that is not there yet', () => {
  it('P10 waits for it, and then counts', () => {
    const till = shop();
    expect(till.told(notice('authorized'))).toBe('parked');
    till.authorize(card(598)).lookAgain();
    expect(till.takeMessages()).toEqual([payment.PaymentAuthorized({ ...sale, totalMinor: 598 })]);
    expect(till.payments.webhook(sale.tenantId, 'evt_1')).toMatchObject({ state: 'applied', parked: null });
  });

  it('P10 is looked at every minute, and given up to a person after a day', () => {
    const till = shop();
    till.told(notice('authorized'));
    till.now += minutes(1);
    till.lookAgain();
    expect(till.payments.webhook(sale.tenantId, 'evt_1')).toMatchObject({ state: 'parked', parked: { nextLookAt: till.now + minutes(1) } });
    till.now += hours(24);
    till.lookAgain().lookAgain();
    expect(till.payments.webhook(sale.tenantId, 'evt_1')).toMatchObject({ state: 'given-up' });
    expect(till.alarms).toMatchObject([{ body: { saleId: sale.saleId, reason: 'webhook-for-unknown-sale' } }]);
  });
});
