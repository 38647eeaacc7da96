import { unreachable } from '@checkout/kernel';
import { counter, type Logger } from '@checkout/observability';
import type { Happening } from '@checkout/saga';
import type { RefundChange, RefundRun } from './domain/refund.ts';

/** Business telemetry of refunds: one function per event. Told once the change is durable. */

const startedTotal = counter('refunds_started_total', 'Refunds that began');
const completedTotal = counter('refunds_completed_total', 'Refunds that ended with a credit note');
const declinedTotal = counter('refunds_declined_total', 'Refunds that a means of payment did not take');
const askedAgainTotal = counter('refund_asks_total', 'Requests about refunds repeated because no answer came in time, by step', ['step']);
const attentionTotal = counter('refunds_attention_total', 'Refunds that a person had to be told of');

const aboutOf = ({ tenantId, storeId, saleId, refundId }: RefundRun) => ({ tenantId, storeId, saleId, refundId });

function started(refund: RefundRun, logger: Logger): void {
  startedTotal.inc();
  logger.debug(aboutOf(refund), 'refund started');
}

function completed(refund: RefundRun, logger: Logger): void {
  completedTotal.inc();
  logger.info(aboutOf(refund), 'refund completed');
}

function declined(refund: RefundRun, logger: Logger): void {
  declinedTotal.inc();
  logger.info({ ...aboutOf(refund), detail: refund.instance.because?.message }, 'refund declined');
}

function askedAgain(refund: RefundRun, step: string, logger: Logger): void {
  askedAgainTotal.inc({ step });
  logger.warn({ ...aboutOf(refund), step, attempts: refund.instance.attempts }, 'no answer about a refund in time, asked again');
}

function needsAttention(refund: RefundRun, logger: Logger): void {
  attentionTotal.inc();
  logger.error({ ...aboutOf(refund), why: refund.instance.needsAttention }, 'refund needs attention');
}

/** Tells everything that a batch has done. */
export function tellRefunds(changes: readonly RefundChange[], logger: Logger): void {
  for (const { after, entries } of changes) {
    for (const { event, step = '' } of entries as readonly Happening[]) {
      switch (event) {
        case 'started': started(after, logger); break;
        case 'completed': completed(after, logger); break;
        case 'cancelled': declined(after, logger); break;
        case 'asked-again': askedAgain(after, step, logger); break;
        case 'needs-attention': needsAttention(after, logger); break;
        case 'succeeded':
        case 'refused':
        case 'given-up':
        case 'compensated': break; // The time line has them; the refund's end says what became of it.
        default: unreachable(event);
      }
    }
  }
}
