import { checkout as contract } from '@checkout/contracts';
import { InvalidMessage, type Decision, type Incoming } from '@checkout/messaging';
import { begin } from '@checkout/saga';
import { violationOf } from '../domain/admission.ts';
import { started, type Change } from '../domain/checkout.ts';
import { asked, ofSale, type Start } from '../domain/start-message.ts';
import { current } from '../domain/versions.ts';
import { bodyHashOf } from './body-hash.ts';
import type { CheckoutHandler, Checkouts, Need } from './ports.ts';

/**
 * Begins a sale, by whichever way its request came, and once per command.
 *
 * @throws InvalidMessage `sale-id-mismatch`, `sale-too-large`, `total-mismatch`, `tender-mismatch`, `idempotency-key-reused`
 */
export class StartCheckout implements CheckoutHandler<contract.CheckoutRequested> {
  needs({ body: { tenantId, saleId } }: contract.CheckoutRequested): readonly Need[] {
    return [{ tenantId, saleId }];
  }

  decide(checkouts: Checkouts, { message: { body: start }, envelope, now }: Incoming<contract.CheckoutRequested>): Decision<Change> {
    const violation = violationOf(start);
    if (violation) throw new InvalidMessage(violation.code, violation.description);
    const bodyHash = bodyHashOf(start);
    const earlier = checkouts.find(start.tenantId, start.saleId);
    if (earlier?.bodyHash === bodyHash) return {};
    if (earlier) {
      throw new InvalidMessage('idempotency-key-reused', `Command ${start.commandId} has asked for another sale before; a new sale needs a new command id.`);
    }
    const decision = begin(current, start);
    return { changes: [started(start, current.version, bodyHash, envelope.traceparent, decision, now)], messages: [...decision.messages, ...told(start)] };
  }
}

/** Cart's database has not heard of a request that came past it; from now on it knows the sale, and closes its basket. */
function told(start: Start): contract.CheckoutStarted[] {
  if (start.acceptedVia !== 'bus') return [];
  const { requestedAt, requestHash, basketId, pricedFrom, leftShop } = start;
  return [contract.CheckoutStarted({
    ...ofSale(start), ...asked(start), requestedAt,
    ...(requestHash !== undefined && { requestHash }), ...(basketId !== undefined && { basketId }), ...(pricedFrom && { pricedFrom }), ...(leftShop && { leftShop }),
  })];
}
