import type { Message } from '@checkout/contracts';
import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import { InvalidMessage, type Decision, type Incoming } from '@checkout/messaging';
import type { Input } from '@checkout/saga';
import type { Change, Checkout } from '../domain/checkout.ts';
import { sagaOf } from '../domain/versions.ts';
import { goneOn } from './go-on.ts';
import type { CheckoutHandler, Checkouts, Need } from './ports.ts';

/** What every reply has in common, whoever sends it. */
export type Reply = Message<string, { readonly tenantId: TenantId; readonly storeId: StoreId; readonly saleId: SaleId }>;

/**
 * Goes on with a sale when a participant answers: one handler for all replies, since the saga's declaration says what each means.
 *
 * @throws InvalidMessage `unknown-saga`, `store-mismatch`
 */
export class ContinueCheckout implements CheckoutHandler<Reply> {
  needs({ body: { tenantId, saleId } }: Reply): readonly Need[] {
    return [{ tenantId, saleId }];
  }

  decide(checkouts: Checkouts, { message, now }: Incoming<Reply>): Decision<Change> {
    const { tenantId, storeId, saleId } = message.body;
    const before = checkouts.find(tenantId, saleId);
    if (!before) throw new InvalidMessage('unknown-saga', `${message.type} answers for sale ${saleId}, which never began here.`);
    if (before.storeId !== storeId) throw new InvalidMessage('store-mismatch', `${message.type} speaks for store ${storeId}; sale ${saleId} is of ${before.storeId}.`);
    return goOn(before, message, now);
  }
}

/** One input to one checkout. */
export const goOn = (before: Checkout, input: Input, now: number): Decision<Change> => goneOn(sagaOf, before, input, now);
