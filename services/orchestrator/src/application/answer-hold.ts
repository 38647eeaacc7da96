import { inventory } from '@checkout/contracts';
import { InvalidMessage, type Decision, type Incoming } from '@checkout/messaging';
import type { Change } from '../domain/checkout.ts';
import type { CheckoutHandler, Checkouts, Need } from './ports.ts';

/**
 * Inventory asks about goods that have been set aside for long. A sale under way will end, and say then what becomes of them; one that was called off has
 * lost its release on the way, and is told again.
 *
 * @throws InvalidMessage `unknown-saga`: whose goods they are is for a person to find out
 */
export class AnswerHold implements CheckoutHandler<inventory.StockHoldOverdue> {
  needs({ body: { tenantId, saleId } }: inventory.StockHoldOverdue): readonly Need[] {
    return [{ tenantId, saleId }];
  }

  decide(checkouts: Checkouts, { message: { body } }: Incoming<inventory.StockHoldOverdue>): Decision<Change> {
    const checkout = checkouts.find(body.tenantId, body.saleId);
    if (!checkout) throw new InvalidMessage('unknown-saga', `Goods are set aside for sale ${body.saleId}, which never began here.`);
    return checkout.instance.phase === 'cancelled' ? { messages: [inventory.ReleaseStock(body)] } : {};
  }
}
