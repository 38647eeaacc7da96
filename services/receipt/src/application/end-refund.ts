import type { refund as contract } from '@checkout/contracts';
import { InvalidMessage, type Decision } from '@checkout/messaging';
import type { Refund } from '../domain/refund.ts';
import { eventOf, type RefundBooks, type RefundChange, type RefundEvent, type RefundHandler, type RefundNeed } from './refund-ports.ts';

type Ended = contract.RefundCompleted | contract.RefundCancelled;

const needsOf = ({ body: { tenantId, storeId, saleId, refundId } }: Ended): readonly RefundNeed[] => [{ tenantId, storeId, saleId, refundId }];

/** The refund is done. */
export const completeRefund: RefundHandler<contract.RefundCompleted> = {
  needs: needsOf,
  decide: (books, { message: { body }, now }) => end(books, body, (before) => ({ ...before, state: 'completed', endedAt: now }), 'refund-completed'),
};

/** No money went back: what was set aside may be refunded anew. */
export const cancelRefund: RefundHandler<contract.RefundCancelled> = {
  needs: needsOf,
  decide: (books, { message: { body }, now }) => end(books, body, (before) => ({ ...before, state: 'declined', because: body.reason, endedAt: now }), 'refund-declined'),
};

/** The first end that is told; repeated and late ends change nothing. @throws InvalidMessage `unknown-refund` */
function end(books: RefundBooks, about: Ended['body'], ended: (before: Refund) => Refund, event: RefundEvent['event']): Decision<RefundChange, RefundEvent> {
  const before = books.refund(about);
  if (!before) throw new InvalidMessage('unknown-refund', `Refund ${about.refundId} was never accepted here.`);
  if (before.state !== 'accepted') return {};
  const refund = ended(before);
  return { changes: [{ refund, isNew: false, before: books.refundsOf(refund).version }], effects: [eventOf(event, refund)] };
}
