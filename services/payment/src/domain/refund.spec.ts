import fc from 'fast-check';
import { nameBasedUuid, type RefundId } from '@checkout/kernel';
import { capturedPayment, declined, done, inCash, noon, onCard, sale, silence } from '../testing.ts';
import { beginRefund, partsDone, refundAnswered, refundAskedAgain, refundResolved, takenOf, type Refund, type WantedPart } from './refund.ts';

const seed = Number(process.env['SEED'] ?? 20261122);
const refundOf = (name: string) => ({ ...sale, refundId: nameBasedUuid(name) as RefundId });
/** 500 by card, 300 by another card, 200 in cash. */
const payment = capturedPayment();
const begin = (parts: readonly WantedPart[], others: readonly Refund[] = [], name = 'refund') => beginRefund(refundOf(name), 'GBP', parts, payment, others, noon);

describe('a refund', () => {
  it('asks for the cards and keeps the cash until they have answered', () => {
    expect(begin([onCard(1, 500), inCash(3, 100)])).toMatchObject({ state: 'refunding', parts: [{ state: 'pending', attempt: 1 }, { state: 'waiting', attempt: 0 }] });
  });

  it('of cash alone is done at once', () => {
    expect(begin([inCash(3, 100)])).toMatchObject({ state: 'refunded', parts: [{ state: 'refunded' }] });
  });

  it('is done when every card has its part', () => {
    const refund = refundAnswered(begin([onCard(1, 500), inCash(3, 100)]), 1, 1, done(), noon);
    expect(refund).toMatchObject({ state: 'refunded', parts: [{ state: 'refunded' }, { state: 'refunded' }] });
  });

  it('is declined whole when the card does not take it: no cash is handed over', () => {
    const refund = refundAnswered(begin([onCard(1, 500), inCash(3, 100)]), 1, 1, declined('account_closed'), noon);
    expect(refund).toMatchObject({ state: 'declined', declineCode: 'account_closed', declinedPosition: 1, parts: [{ state: 'declined' }, { state: 'declined' }] });
  });

  it('goes on in cash when one card took its part and another did not: there is no way back', () => {
    const half = refundAnswered(begin([onCard(1, 500), onCard(2, 300)]), 1, 1, declined(), noon);
    expect(half.state).toBe('refunding');
    const whole = refundAnswered(half, 2, 1, done(), noon);
    expect(whole.state).toBe('refunded');
    expect(partsDone(whole)).toEqual([inCash(1, 500), onCard(2, 300)]);
  });

  it('that nobody answers is unknown, asked again, and after long shown to a person; it never fails by itself', () => {
    let refund = begin([onCard(1, 500)]);
    for (let attempt = 1; attempt <= 12; attempt += 1) {
      refund = refundAnswered(refund, 1, attempt, silence, noon);
      expect(refund).toMatchObject({ state: 'refunding', attention: attempt < 12 ? null : 'unresolved', parts: [{ state: 'unknown' }] });
      refund = refundAskedAgain(refund, 1, attempt, noon);
    }
    expect(refundAnswered(refund, 1, 13, done(), noon)).toMatchObject({ state: 'refunded', attention: null });
  });

  it.each([['done', 'refunded'], ['not-done', 'declined'], ['ask-again', 'refunding']] as const)('ends on a person\'s word: %s', (kind, state) => {
    const doubtful = refundAnswered(begin([onCard(1, 500)]), 1, 1, silence, noon);
    expect(refundResolved(doubtful, 1, { kind }, noon).state).toBe(state);
    expect(refundResolved(begin([inCash(3, 100)]), 3, { kind }, noon).state).toBe('refunded');
  });

  it('stays as it is when an answer comes twice or too late', () => {
    const over = refundAnswered(begin([onCard(1, 500)]), 1, 1, done(), noon);
    for (const outcome of [done(), declined(), silence]) expect(refundAnswered(over, 1, 1, outcome, noon)).toBe(over);
    const again = refundAskedAgain(begin([onCard(1, 500)]), 1, 1, noon);
    expect(refundAnswered(again, 1, 1, silence, noon)).toBe(again);
  });

  it.each<[string, readonly WantedPart[], string]>([
    ['more than the tender took', [onCard(1, 501)], 'exceeds-captured'],
    ['more than is left of it, a refund under way included', [onCard(1, 101)], 'exceeds-captured'],
    ['a tender that there is not', [onCard(4, 1)], 'no-such-tender'],
    ['cash to a card', [onCard(3, 1)], 'no-such-tender'],
  ])('X080 is declined at once for %s', (what, parts, code) => {
    const others = what.includes('under way') ? [begin([onCard(1, 400)], [], 'earlier')] : [];
    expect(begin(parts, others)).toMatchObject({ state: 'declined', declineCode: code });
  });

  it('X080 is declined while the sale is not captured', () => {
    expect(beginRefund(refundOf('refund'), 'GBP', [onCard(1, 1)], { ...payment, state: 'capturing' }, [], noon)).toMatchObject({ state: 'declined', declineCode: 'not-captured' });
    expect(beginRefund(refundOf('refund'), 'GBP', [onCard(1, 1)], undefined, [], noon)).toMatchObject({ state: 'declined', declineCode: 'not-captured' });
  });

  it('never gives back more of a tender than it took, whatever is asked for and whatever the provider says', () => {
    const wanted = fc.array(fc.record({ position: fc.integer({ min: 1, max: 3 }), amountMinor: fc.integer({ min: 1, max: 300 }), answer: fc.constantFrom(done(), declined(), silence) }), { maxLength: 20 });
    fc.assert(
      fc.property(wanted, (tries) => {
        const refunds: Refund[] = [];
        tries.forEach(({ position, amountMinor, answer }, index) => {
          const begun = begin([{ position, via: position === 3 ? 'cash' : 'card', amountMinor }], refunds, `refund ${index}`);
          refunds.push(refundAnswered(begun, position, 1, answer, noon));
        });
        expect(payment.tenders.filter(({ position, amountMinor }) => takenOf(refunds, position) > amountMinor)).toEqual([]);
      }),
      { seed },
    );
  });
});
