import { payment } from '@checkout/contracts';
import { hours, seconds } from '@checkout/kernel';
import { authorizedSale, card, declined, done, noon, sale, shop, silence } from '../testing.ts';

describe('an answer of the provider', () => {
  it.each([['authorized', done('auth_1')], ['declined', declined()]])('that comes twice changes nothing the second time (%s)', (_, outcome) => {
    const till = shop().authorize(card(598));
    const ask = till.lastAsk(1);
    till.answer(1, outcome, ask);
    const { version } = till.payment ?? {};
    till.takeMessages();
    till.answer(1, outcome, ask);
    expect(till.payment?.version).toBe(version);
    expect(till.takeMessages()).toEqual([]);
  });

  it('to a capture that comes twice is booked once', () => {
    const till = authorizedSale(card(598)).capture();
    const ask = till.lastAsk(1);
    till.answer(1, done(), ask).answer(1, done(), ask);
    expect(till.takeMessages()).toHaveLength(1);
    expect(till.ledger).toEqual(['1 authorized 598', '1 captured 598']);
  });

  it('about a sale that is not there changes nothing', () => {
    const till = shop();
    const { question } = shop().authorize(card(1)).lastAsk(1);
    till.answer(1, done(), { effect: 'ask', sale, position: 1, round: 1, attempt: 1, question, traceparent: undefined });
    expect(till.changes).toEqual([]);
  });

  it('about a tender that the sale does not have changes nothing', () => {
    const till = shop().authorize(card(1));
    const { version } = till.payment ?? {};
    till.answer(2, done(), { ...till.lastAsk(1), position: 2 });
    expect(till.payment?.version).toBe(version);
  });

  it('to the second asking counts although the first is still in doubt', () => {
    const till = shop().authorize(card(598)).answer(1, silence).overdue(1);
    expect(till.answer(1, done('auth_1')).takeMessages()).toEqual([payment.PaymentAuthorized({ ...sale, totalMinor: 598 })]);
  });

  it('that the first asking timed out does not disturb the second', () => {
    const till = shop().authorize(card(598));
    const first = till.lastAsk(1);
    till.overdue(1);
    const { version } = till.payment ?? {};
    till.answer(1, silence, first);
    expect(till.payment?.version).toBe(version);
  });

  it('to the first asking counts even when the second is under way', () => {
    const till = shop().authorize(card(598));
    const first = till.lastAsk(1);
    till.overdue(1).answer(1, done('auth_1'), first);
    expect(till.payment?.state).toBe('authorized');
  });

  it('P11 that asks for patience is given it, but not more than five minutes', () => {
    const patient = shop().authorize(card(598)).answer(1, { kind: 'unknown', why: 'status-429', retryAfterMs: 7_000 });
    expect(patient.payment?.tenders[0]?.nextAttemptAt).toBe(noon + 7_000);
    const endless = shop().authorize(card(598)).answer(1, { kind: 'unknown', why: 'status-503', retryAfterMs: 86_400_000 });
    expect(endless.payment?.tenders[0]?.nextAttemptAt).toBe(noon + seconds(300));
  });

  it('P11, P19 that is none, because it was not asked, uses up nobody\'s patience: the sale waits for hours, and is paid when it is', () => {
    const till = shop().authorize(card(598));
    const endsAt = noon + hours(20);
    while (till.now < endsAt) {
      till.answer(1, { kind: 'not-asked', why: 'unavailable', retryAfterMs: 60_000 });
      till.now = till.payment?.tenders[0]?.nextAttemptAt ?? endsAt;
      till.overdue(1);
    }
    expect(till.takeMessages()).toEqual([]);
    expect(till.payment).toMatchObject({ state: 'authorizing', attention: null });
    expect(till.lastAsk(1)).toMatchObject({ attempt: 1, question: { operation: 'authorize', idempotencyKey: `${sale.saleId}:1:authorize`, looksFirst: false } });
    expect(till.answer(1, done('auth_1')).takeMessages()).toEqual([payment.PaymentAuthorized({ ...sale, totalMinor: 598 })]);
  });
});
