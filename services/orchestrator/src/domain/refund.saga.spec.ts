import { inventory, payment, receipt, refund as contract } from '@checkout/contracts';
import { aRefund } from '@checkout/contracts/testing';
import { seconds } from '@checkout/kernel';
import { givenUp, timedOut, validate, type Input } from '@checkout/saga';
import { given } from '@checkout/saga/testing';
import { aReturn } from '../testing.ts';
import { refund } from './refund.saga.ts';
import { ofRefund } from './refund-start.ts';

const { start, refunded, declined, stalled, returned, noted } = aReturn(aRefund({ parts: [{ position: 2, via: 'card', amountMinor: 200 }, { position: 1, via: 'cash', amountMinor: 99 }] }));
const of = ofRefund(start);
const giveBack = payment.RefundPayment({ ...of, currency: 'GBP', totalMinor: 299, parts: start.parts });
const bringBack = inventory.ReturnStock({ ...of, lines: start.lines.map(({ sku, quantity, goods }) => ({ sku, quantity, goods })) });
const note = (parts: contract.RefundPart[]) => receipt.IssueCreditNote({ ...of, parts });
const silence = (times: number): Input[] => Array.from({ length: times }, () => timedOut);

describe('refund', () => {
  it('is a valid saga', () => {
    expect(validate(refund)).toEqual([]);
  });

  it('gives the money back first, and asks again with the very command that it began with', () => {
    given(refund, start).when(timedOut).thenSends(giveBack).andIs('forward').andAwaits('refund payment').andWakesAfter(seconds(60));
  });

  it('takes the goods in and writes the credit note once the money is back', () => {
    given(refund, start).when(refunded).thenSends(bringBack, note(start.parts)).andAwaits('return stock', 'issue credit note');
  });

  it('says in the credit note how the money went back, also when it is not as asked for', () => {
    const allCash = [{ position: 2, via: 'cash' as const, amountMinor: 200 }, { position: 1, via: 'cash' as const, amountMinor: 99 }];
    const otherwise = payment.PaymentRefunded({ ...of, totalMinor: 299, parts: allCash });
    given(refund, start).when(otherwise).thenSends(bringBack, note(allCash));
    given(refund, start, otherwise).when(timedOut).thenSends(bringBack, note(allCash));
  });

  it('is done when the goods are in and the credit note is written, in either order', () => {
    const done = contract.RefundCompleted({ ...of, creditNoteNumber: 'C-000001' });
    given(refund, start, refunded, returned).when(noted).thenSends(done).andIs('completed');
    given(refund, start, refunded, noted).when(returned).thenSends(done).andIs('completed');
  });

  it('comes to nothing when the card does not take the money, and says why', () => {
    const reason = { code: 'refund-declined' as const, message: 'Tender 1 did not take the money back: account_closed', declineCode: 'account_closed' };
    given(refund, start).when(declined).thenSends(contract.RefundCancelled({ ...of, reason })).andIs('cancelled');
  });

  it('is never undone, by silence or by a person: the money may have gone back', () => {
    given(refund, start, ...silence(8)).when(givenUp).thenNothingHappens();
    given(refund, start, ...silence(8)).when(timedOut).thenSends(giveBack).andIs('forward').andNeedsAttention('refund payment: no answer');
    given(refund, start, refunded).when(declined).thenNothingHappens();
  });

  it('waits on when payment says that it cannot go on, and tells a person why', () => {
    given(refund, start).when(stalled).thenSends().andIs('forward').andNeedsAttention('payment: unresolved');
    given(refund, start, stalled).when(refunded).andNeedsAttention(undefined);
  });
});
