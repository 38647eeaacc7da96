import { payment } from '@checkout/contracts';
import { hours, seconds } from '@checkout/kernel';
import type { Outcome } from '../domain/answer.ts';
import { authorizedSale, card, done, noon, sale, shop, silence } from '../testing.ts';

describe('asking again', () => {
  it('waits longer each time: 1, 2, 5, 10, 30 seconds, then a minute', () => {
    const till = shop().authorize(card(598));
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      till.answer(1, silence);
      waits.push((till.payment?.tenders[0]?.nextAttemptAt ?? 0) - till.now);
      till.overdue(1);
    }
    expect(waits.map((wait) => wait / 1_000)).toEqual([1, 2, 5, 10, 30, 60, 60, 60]);
  });

  it('always says the same under the same key, and from the third time on asks by reference first', () => {
    const till = shop().authorize(card(598)).answer(1, silence).overdue(1).answer(1, silence).overdue(1);
    expect(till.asks.map(({ question }) => question.idempotencyKey)).toEqual(Array.from({ length: 3 }, () => `${sale.saleId}:1:authorize`));
    expect(till.asks.map(({ question }) => question.looksFirst)).toEqual([false, false, true]);
  });

  it('P13 only looks, once the provider may have forgotten the key', () => {
    const till = shop().authorize(card(598)).answer(1, silence);
    till.now = noon + hours(23);
    till.overdue(1);
    expect(till.lastAsk(1).question.mayRepeat).toBe(false);
  });

  it('P05, P12 about an authorization that the provider keeps failing on ends: it is barred by reference first, and only then declined', () => {
    const till = shop().authorize(card(598));
    const failed: Outcome = { kind: 'unknown', why: 'status-500' };
    for (let attempt = 1; attempt < 11; attempt += 1) till.answer(1, failed).overdue(1);
    expect(new Set(till.asks.map(({ question }) => question.idempotencyKey))).toEqual(new Set([`${sale.saleId}:1:authorize`]));
    till.answer(1, failed).overdue(1);
    expect(till.lastAsk(1).question).toMatchObject({ operation: 'void', providerId: null });
    expect(till.takeMessages()).toEqual([]);
    expect(till.answer(1, done(null)).takeMessages()).toEqual([payment.PaymentDeclined({ ...sale, position: 1, declineCode: 'unresolved' })]);
  });

  it('voids however long ago it was: letting go twice does no harm', () => {
    const till = authorizedSale(card(598)).void().answer(1, silence);
    till.now = noon + hours(48);
    till.overdue(1);
    expect(till.lastAsk(1).question.mayRepeat).toBe(true);
  });

  it('covers a question whose asker died: it is due after twenty seconds', () => {
    const till = shop().authorize(card(598));
    expect(till.payment?.tenders[0]?.nextAttemptAt).toBe(noon + seconds(20));
    till.takeAsks();
    till.overdue(1);
    expect(till.lastAsk(1)).toMatchObject({ attempt: 2, question: { cardToken: 'tok_visa_1' } });
    expect(till.tenderStates).toEqual(['pending']);
  });

  it('does nothing when the answer has come meanwhile, or somebody else has asked', () => {
    const till = shop().authorize(card(598));
    till.answer(1, done('auth_1'));
    till.takeAsks();
    till.overdue(1);
    expect(till.asks).toEqual([]);
  });
});
