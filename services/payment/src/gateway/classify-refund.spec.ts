import type { RefundQuestion } from '../domain/refund-question.ts';
import { refundFoundOf, refundOutcomeOf } from './classify-refund.ts';

const question: RefundQuestion = {
  operation: 'refund', merchantAccount: 'acme', reference: 'sale:1', providerId: 'auth_1', refundReference: 'refund:1', idempotencyKey: 'refund:1:refund', amountMinor: 200, currency: 'GBP', looksFirst: false, mayRepeat: true,
};
const refund = { id: 'ref_1', status: 'refunded', amountMinor: 200, currency: 'GBP', reference: 'refund:1', authorizationReference: 'sale:1' };
const reply = (status: number, body: unknown) => ({ status, body: typeof body === 'string' ? body : JSON.stringify(body), retryAfterMs: undefined });
const error = (code: string) => ({ error: { code } });

it.each([
  ['done', 200, refund, { kind: 'done', providerId: 'ref_1' }],
  ['declined', 200, { ...refund, status: 'declined', declineCode: 'account_closed' }, { kind: 'declined', declineCode: 'account_closed' }],
  ['of another amount', 200, { ...refund, amountMinor: 201 }, { kind: 'contradicted' }],
  ['unreadable', 200, '<html>', { kind: 'unknown', why: 'unreadable' }],
  ['still being handled', 409, error('in_progress'), { kind: 'unknown', why: 'in-progress' }],
  ['under a used key', 409, error('idempotency_key_reused'), { kind: 'contradicted' }],
  ['of more than is left there', 422, error('amount_too_large'), { kind: 'contradicted' }],
  ['refused for good', 422, error('card_not_supported'), { kind: 'declined', declineCode: 'card_not_supported' }],
  ['of what is not known', 404, error('not_found'), { kind: 'contradicted' }],
  ['told to wait', 429, '', { kind: 'not-asked' }],
  ['of a status that says nothing', 418, '', { kind: 'unknown', why: 'status-418' }],
])('takes a refund that is %s for what it is, and never doubt for a no', (_, status, body, outcome) => {
  expect(refundOutcomeOf(question, reply(status, body))).toMatchObject(outcome);
});

it.each([
  ['nothing', [], undefined],
  ['one', [refund], { kind: 'done' }],
  ['one that was declined', [{ ...refund, status: 'declined' }], { kind: 'declined' }],
  ['two that went back', [refund, { ...refund, id: 'ref_2' }], { kind: 'contradicted' }],
])('finds %s under the reference', (_, refunds, outcome) => {
  const found = refundFoundOf(question, reply(200, { refunds }));
  if (outcome) expect(found).toMatchObject(outcome);
  else expect(found).toBeUndefined();
});
