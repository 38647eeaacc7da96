import { unreachable } from '@checkout/kernel';
import { counter, type Logger } from '@checkout/observability';
import type { Happening } from '@checkout/saga';
import type { Change, Checkout } from './domain/checkout.ts';

/** Business telemetry: one function per event. Told once the change is durable. */

const startedTotal = counter('checkouts_started_total', 'Checkouts that began');
const completedTotal = counter('checkouts_completed_total', 'Checkouts that ended with a receipt');
const cancelledTotal = counter('checkouts_cancelled_total', 'Checkouts that did not come about, by reason', ['reason']);
const askedAgainTotal = counter('checkout_asks_total', 'Requests repeated because no answer came in time, by step', ['step']);
const attentionTotal = counter('checkouts_attention_total', 'Checkouts that a person had to be told of');

const aboutOf = ({ tenantId, storeId, saleId }: Checkout) => ({ tenantId, storeId, saleId });

function started(checkout: Checkout, logger: Logger): void {
  startedTotal.inc();
  logger.debug(aboutOf(checkout), 'checkout started');
}

function completed(checkout: Checkout, logger: Logger): void {
  completedTotal.inc();
  logger.info(aboutOf(checkout), 'checkout completed');
}

function cancelled(checkout: Checkout, logger: Logger): void {
  const { code = 'no-answer', message } = checkout.instance.because ?? {};
  cancelledTotal.inc({ reason: code });
  logger.info({ ...aboutOf(checkout), reason: code, detail: message }, 'checkout cancelled');
}

function askedAgain(checkout: Checkout, step: string, logger: Logger): void {
  askedAgainTotal.inc({ step });
  logger.warn({ ...aboutOf(checkout), step, attempts: checkout.instance.attempts }, 'no answer in time, asked again');
}

function needsAttention(checkout: Checkout, logger: Logger): void {
  attentionTotal.inc();
  logger.error({ ...aboutOf(checkout), why: checkout.instance.needsAttention }, 'checkout needs attention');
}

/** Tells everything that a batch has done. */
export function tell(changes: readonly Change[], logger: Logger): void {
  for (const { after, entries } of changes) {
    for (const { event, step = '' } of entries as readonly Happening[]) {
      switch (event) {
        case 'started': started(after, logger); break;
        case 'completed': completed(after, logger); break;
        case 'cancelled': cancelled(after, logger); break;
        case 'asked-again': askedAgain(after, step, logger); break;
        case 'needs-attention': needsAttention(after, logger); break;
        case 'succeeded':
        case 'refused':
        case 'given-up':
        case 'compensated': break; // The time line has them; the sale's end says what became of it.
        default: unreachable(event);
      }
    }
  }
}
