import type { refund as contract } from '@checkout/contracts';
import { InvalidMessage, type Decision, type Incoming } from '@checkout/messaging';
import { begin } from '@checkout/saga';
import { begun, type RefundChange } from '../domain/refund.ts';
import { refundViolationOf } from '../domain/refund-admission.ts';
import { currentRefund } from '../domain/versions.ts';
import type { RefundHandler, RefundNeed, Refunds } from './ports.ts';

/**
 * Begins a refund, once per command.
 *
 * @throws InvalidMessage `refund-id-mismatch`, `total-mismatch`, `tender-mismatch`, `idempotency-key-reused`
 */
export class StartRefund implements RefundHandler<contract.RefundRequested> {
  needs({ body: { tenantId, refundId } }: contract.RefundRequested): readonly RefundNeed[] {
    return [{ tenantId, refundId }];
  }

  decide(refunds: Refunds, { message: { body: start }, envelope, now }: Incoming<contract.RefundRequested>): Decision<RefundChange> {
    const violation = refundViolationOf(start);
    if (violation) throw new InvalidMessage(violation.code, violation.description);
    const earlier = refunds.findRefund(start.tenantId, start.refundId);
    if (earlier?.bodyHash === start.requestHash) return {};
    if (earlier) throw new InvalidMessage('idempotency-key-reused', `Command ${start.commandId} has asked for another refund before; a new refund needs a new command id.`);
    const decision = begin(currentRefund, start);
    return { changes: [begun(start, currentRefund.version, envelope.traceparent, decision, now)], messages: decision.messages };
  }
}
