import { counter, type Logger } from '@checkout/observability';
import { unreachable } from '@checkout/kernel';
import type { StockEvent } from './application/ports.ts';

const reservations = counter('inventory_reservations_total', 'Reservations by what became of them', ['outcome']);
const unheldCommits = counter('inventory_unheld_commits_total', 'Paid sales for which nothing was set aside any more');
const returns = counter('inventory_returned_pieces_total', 'Pieces that came back with refunds, by what became of them', ['goods']);
const deliveries = counter('inventory_deliveries_total', 'Deliveries counted in');

/** What the shop tells about stock: a counter for each kind of event, and a line for what somebody should look into. */
export const tell =
  (logger: Logger) =>
  (events: readonly StockEvent[]): void => {
    for (const event of events) tellOne(logger, event);
  };

function tellOne(logger: Logger, event: StockEvent): void {
  switch (event.event) {
    case 'reserved':
    case 'released':
    case 'committed':
      reservations.inc({ outcome: event.event });
      logger.debug(event, 'reservation changed');
      return;
    case 'refused':
      reservations.inc({ outcome: 'refused' });
      logger.info(event, 'out of stock');
      return;
    case 'oversold':
      reservations.inc({ outcome: 'oversold' });
      logger.warn(event, 'goods have left the shop that the books do not have: count the shelf');
      return;
    case 'overdue':
      reservations.inc({ outcome: 'overdue' });
      logger.warn(event, 'goods have been set aside for long: asked what becomes of them');
      return;
    case 'committed-unheld':
      unheldCommits.inc();
      logger.warn(event, 'paid goods left that were not set aside: count the shelf');
      return;
    case 'returned':
      returns.inc({ goods: 'restock' }, event.restocked);
      returns.inc({ goods: 'write-off' }, event.writtenOff);
      logger.debug(event, 'goods came back');
      return;
    case 'delivered':
      deliveries.inc();
      logger.info(event, 'delivery counted in');
      return;
    default:
      return unreachable(event);
  }
}
