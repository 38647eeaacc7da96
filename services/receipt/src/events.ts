import { counter, type Logger } from '@checkout/observability';
import { unreachable } from '@checkout/kernel';
import type { ReceiptEvent } from './application/ports.ts';
import type { ShiftEvent } from './application/shift-ports.ts';

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
