import { checkout as contract, inventory, payment, receipt, saleEvents } from '@checkout/contracts';
import { aCheckout } from '@checkout/contracts/testing';
import { minutes, seconds, type Sku } from '@checkout/kernel';
import { givenUp, timedOut, validate, type Input } from '@checkout/saga';
import { given } from '@checkout/saga/testing';
import { checkout } from './checkout.saga.ts';

const { body: basket } = aCheckout({
  tenders: [{ type: 'card', amountMinor: 400, cardToken: 'tok_approved' }, { type: 'cash', amountMinor: 198, tenderedMinor: 200 }],
});
const { tenantId, storeId, saleId, commandId, tillId } = basket;
const sale = { tenantId, storeId, saleId };

const reserved = inventory.StockReserved({ ...sale, expiresAt: '2026-01-05T10:15:00.000Z' });
const shortage = { sku: 'TEA-80' as Sku, wanted: 2, available: 1 };
const stockRefused = inventory.StockRefused({ ...sale, shortages: [shortage] });
const released = inventory.StockReleased(sale);
const authorized = payment.PaymentAuthorized({ ...sale, totalMinor: 598 });
const declined = payment.PaymentDeclined({ ...sale, position: 1, declineCode: 'insufficient-funds' });
const voided = payment.PaymentVoided(sale);
const stalled = payment.PaymentStalled({ ...sale, reason: 'provider-contradiction' });
const captured = payment.PaymentCaptured({ ...sale, capturedMinor: 598, changeMinor: 2 });
const captureRefused = payment.CaptureRefused({ ...sale, declineCode: 'authorization-expired' });
const stockCommitted = inventory.StockCommitted(sale);
const issued = receipt.ReceiptIssued({ ...sale, receiptNumber: 'S-000042' });

const reserve = inventory.ReserveStock({ ...sale, lines: [{ sku: 'TEA-80' as Sku, quantity: 2 }] });
const release = inventory.ReleaseStock(sale);
const authorize = payment.AuthorizePayment({ ...sale, currency: 'GBP', totalMinor: 598, tenders: basket.tenders });
const voidPayment = payment.VoidPayment(sale);
const capture = payment.CapturePayment(sale);
const commit = inventory.CommitStock({ ...sale, lines: [{ sku: 'TEA-80' as Sku, quantity: 2 }] });
const issue = receipt.IssueReceipt({
  ...sale, commandId, tillId, currency: 'GBP', taxMode: 'inclusive', lines: basket.lines, totalMinor: 598, requestedAt: basket.requestedAt,
  tenders: [{ type: 'card', amountMinor: 400, tenderedMinor: 400 }, { type: 'cash', amountMinor: 198, tenderedMinor: 200 }],
});
const asked = { commandId, tillId, currency: 'GBP', totalMinor: 598 };
const completed = contract.CheckoutCompleted({ ...sale, ...asked, receiptNumber: 'S-000042', changeMinor: 2 });
const cancelledBecause = (reason: contract.Reason) => [
  contract.CheckoutCancelled({ ...sale, ...asked, reason }),
  saleEvents.SaleCancelled({ ...sale, ...asked, reason }),
];

const silence = (times: number): Input[] => Array.from({ length: times }, () => timedOut);
const paid = [reserved, authorized, captured];

describe('checkout', () => {
  it('is a valid saga', () => {
    expect(validate(checkout)).toEqual([]);
  });

  it('asks again with the very command that it began with', () => {
    given(checkout, basket).when(timedOut).thenSends(reserve).andIs('forward').andWakesAfter(seconds(10));
  });

  it('authorizes the payment once the goods are set aside', () => {
    given(checkout, basket).when(reserved).thenSends(authorize).andWakesAfter(seconds(30));
  });

  it('takes the money once it is authorized', () => {
    given(checkout, basket, reserved).when(authorized).thenSends(capture).andWakesAfter(seconds(30));
  });

  it('commits the stock and issues the receipt together once the money is taken', () => {
    given(checkout, basket, reserved, authorized).when(captured).thenSends(commit, issue).andAwaits('commit stock', 'issue receipt').andWakesAfter(seconds(5));
  });

  it.each([
    ['stock', 'receipt', stockCommitted, issued],
    ['receipt', 'stock', issued, stockCommitted],
  ])('is complete, with its receipt number and change, when %s and %s are done', (_, __, first, second) => {
    given(checkout, basket, ...paid).when(first).thenSends().andIs('forward');
    given(checkout, basket, ...paid, first).when(second).thenSends(completed).andIs('completed');
  });

  it('tells the till which articles were short, and charges nothing', () => {
    given(checkout, basket)
      .when(stockRefused)
      .thenSends(...cancelledBecause({ code: 'stock-short', message: 'Not enough stock of TEA-80 (2 wanted, 1 there)', shortages: [shortage] }))
      .andIs('cancelled');
  });

  it('releases the stock when the card is declined, and then tells the till why', () => {
    given(checkout, basket, reserved).when(declined).thenSends(release).andIs('backward');
    given(checkout, basket, reserved, declined)
      .when(released)
      .thenSends(...cancelledBecause({ code: 'payment-declined', message: 'Tender 1 was declined: insufficient-funds', declineCode: 'insufficient-funds' }))
      .andIs('cancelled');
  });

  it('gives the authorization back before the stock when the money cannot be taken', () => {
    given(checkout, basket, reserved, authorized).when(captureRefused).thenSends(voidPayment).andIs('backward');
    given(checkout, basket, reserved, authorized, captureRefused).when(voided).thenSends(release).andIs('backward');
    given(checkout, basket, reserved, authorized, captureRefused, voided)
      .when(released)
      .thenSends(...cancelledBecause({
        code: 'capture-refused', message: 'The payment could not be taken: authorization-expired', declineCode: 'authorization-expired',
      }));
  });

  it('undoes nothing because of silence: the reservation may be made, and the money may be held', () => {
    given(checkout, basket, ...silence(40)).when(timedOut).thenSends(reserve).andIs('forward').andNeedsAttention('reserve stock: no answer').andWakesAfter(minutes(5));
    given(checkout, basket, reserved, ...silence(40)).when(timedOut).thenSends(authorize).andIs('forward').andNeedsAttention('authorize payment: no answer');
    given(checkout, basket, reserved, ...silence(40)).when(authorized).thenSends(capture).andNeedsAttention(undefined);
  });

  it('is cancelled when payment says that it has barred what it never heard of', () => {
    given(checkout, basket, reserved, ...silence(9)).when(declined).thenSends(release).andIs('backward');
  });

  it('waits on, and tells a person why, when a payment cannot go on by itself', () => {
    given(checkout, basket, reserved, authorized).when(stalled).thenSends().andIs('forward').andNeedsAttention('payment: provider-contradiction');
    given(checkout, basket, reserved, authorized, stalled).when(captured).thenSends(commit, issue).andNeedsAttention(undefined);
  });

  it('voids an authorization that a person gives up, because the money may be held, and lets it be when it comes too late', () => {
    given(checkout, basket, reserved, ...silence(9)).when(givenUp).thenSends(voidPayment).andIs('backward');
    given(checkout, basket, reserved, givenUp).when(authorized).thenNothingHappens();
  });

  it('asks again, and does not give up, once the money may have moved', () => {
    given(checkout, basket, reserved, authorized, ...silence(40)).when(timedOut).thenSends(capture).andIs('forward').andNeedsAttention('capture payment: no answer').andWakesAfter(minutes(5));
  });

  it('asks whoever is missing, and tells a person, when the sale is paid and its papers are not done', () => {
    given(checkout, basket, ...paid, issued, ...silence(4)).when(timedOut).thenSends(commit).andNeedsAttention('commit stock: no answer');
    given(checkout, basket, ...paid, issued, ...silence(5)).when(stockCommitted).thenSends(completed).andNeedsAttention(undefined);
  });

  it('waits for a void for ever rather than believe that the money is free', () => {
    given(checkout, basket, reserved, authorized, captureRefused, ...silence(30)).when(timedOut).thenSends(voidPayment).andIs('backward').andNeedsAttention('undoing authorize payment: no answer');
  });

  it.each<[string, readonly Input[], Input]>([
    ['a reservation', [reserved], reserved],
    ['an authorization', [reserved, authorized], authorized],
    ['a capture', paid, captured],
    ['a receipt', [...paid, issued], issued],
    ['a release', [reserved, declined, released], released],
    ['a decline', [reserved, declined], declined],
    ['a shortage', [stockRefused], stockRefused],
  ])('ignores %s that is told twice', (_, history, again) => {
    given(checkout, basket, ...history).when(again).thenNothingHappens();
  });
});
