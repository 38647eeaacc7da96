import { aRefund } from '@checkout/contracts/testing';
import type { RefundId } from '@checkout/kernel';
import { refundViolationOf } from './refund-admission.ts';

const { body: sound } = aRefund();

it('lets a refund begin whose id, goods and money fit together', () => {
  expect(refundViolationOf(sound)).toBeUndefined();
});

it.each([
  ['an id that its command does not make', { refundId: '0190a5c2-0001-8d8c-9c0e-2f6b8f1f8f11' as RefundId }, 'refund-id-mismatch'],
  ['lines that come to another amount', { totalMinor: 300, parts: [{ position: 1, via: 'card' as const, amountMinor: 300 }] }, 'total-mismatch'],
  ['parts that come to another amount', { parts: [{ position: 1, via: 'card' as const, amountMinor: 298 }] }, 'tender-mismatch'],
])('refuses %s', (_, changed, code) => {
  expect(refundViolationOf({ ...sound, ...changed })?.code).toBe(code);
});
