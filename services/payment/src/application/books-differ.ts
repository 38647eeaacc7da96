import { operations } from '@checkout/contracts';
import { answered, flagged } from '../domain/payment.ts';
import type { BooksDiffer, PaymentHandler } from './ports.ts';
import { step } from './step.ts';

/** What reconciliation has found. Money that is held for a sale that was given up is let go; everything else is for a person. */
export const booksDiffer: PaymentHandler<BooksDiffer> = {
  needs: ({ body }) => [body],

  decide(payments, { message: { body }, envelope, now }) {
    const { tenantId, saleId, position, difference, heldId } = body;
    const current = payments.get(body);
    if (!current) {
      return { messages: [operations.AttentionNeeded({ tenantId, saleId, service: 'payment', reason: 'books-differ', detail: difference, at: new Date(now).toISOString() })] };
    }
    const learned = [{ position, source: 'reconciliation', event: 'found-in-books', detail: difference.slice(0, 400) }] as const;
    if (heldId !== undefined) {
      const { round = 1, attempt = 1 } = current.tenders[position - 1] ?? {};
      const after = answered(current, position, { operation: 'authorize', round, attempt, outcome: { kind: 'done', providerId: heldId } }, now);
      if (after !== current) return step(current, after, envelope.traceparent, learned);
    }
    return step(current, flagged(current, 'books-differ', now), envelope.traceparent, learned);
  },
};
