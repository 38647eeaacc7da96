import { counter, type Logger } from '@checkout/observability';
import { unreachable } from '@checkout/kernel';
import type { ReceiptEvent } from './application/ports.ts';
import type { RefundEvent } from './application/refund-ports.ts';
import type { ShiftEvent } from './application/shift-ports.ts';

const issued = counter('receipt_issued_total', 'Receipts issued');
const repeats = counter('receipt_repeats_total', 'Commands for a sale that had its receipt already');

const refunds = counter('receipt_refunds_total', 'Refunds by what happened to them here', ['event']);

/** What the shop tells about receipts and refunds: a counter for each kind of event, and a line that leads from a sale to its number. */
export const tell =
  (logger: Logger) =>
  (events: readonly (ReceiptEvent | RefundEvent)[]): void => {
    for (const event of events) tellOne(logger, event);
  };

function tellOne(logger: Logger, event: ReceiptEvent | RefundEvent): void {
  switch (event.event) {
    case 'issued':
      issued.inc();
      logger.debug(event, 'receipt issued');
      return;
    case 'asked-again':
      repeats.inc();
      logger.info(event, 'receipt asked for again');
      return;
    case 'refund-accepted':
    case 'credit-note-issued':
    case 'refund-completed':
    case 'refund-declined':
      refunds.inc({ event: event.event });
      logger.info(event, event.event.replaceAll('-', ' '));
      return;
    default:
      return unreachable(event);
  }
}

const shiftEntries = counter('receipt_shift_entries_total', 'What tills told of their drawers', ['kind']);

/** What happens to drawers. */
export const tellOfShifts =
  (logger: Logger) =>
  (events: readonly ShiftEvent[]): void => {
    for (const { event, shift: { tenantId, storeId, tillId, shiftId, reportNumber, flags } } of events) {
      shiftEntries.inc({ kind: event });
      logger[flags.length > 0 ? 'warn' : 'info']({ tenantId, storeId, tillId, shiftId, reportNumber, flags }, `shift ${event}`);
    }
  };
