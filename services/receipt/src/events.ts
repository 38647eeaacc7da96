import { counter, type Logger } from '@checkout/observability';
import { unreachable } from '@checkout/kernel';
import type { ReceiptEvent } from './application/ports.ts';

const issued = counter('receipt_issued_total', 'Receipts issued');
const repeats = counter('receipt_repeats_total', 'Commands for a sale that had its receipt already');

/** What the shop tells about receipts: a counter for each kind of event, and a line that leads from a sale to its number. */
export const tell =
  (logger: Logger) =>
  (events: readonly ReceiptEvent[]): void => {
    for (const event of events) tellOne(logger, event);
  };

function tellOne(logger: Logger, event: ReceiptEvent): void {
  switch (event.event) {
    case 'issued':
      issued.inc();
      logger.debug(event, 'receipt issued');
      return;
    case 'asked-again':
      repeats.inc();
      logger.info(event, 'receipt asked for again');
      return;
    default:
      return unreachable(event.event);
  }
}
