import { inventory, payment, receipt, refund } from '@checkout/contracts';
import { On } from '@checkout/messaging';
import { Controller, Inject } from '@nestjs/common';
import { ContinueRefund } from '../application/continue-refund.ts';
import { StartRefund } from '../application/start-refund.ts';

/** What the orchestrator listens to about refunds: requests, and the replies that the saga waits for. */
@Controller()
export class RefundConsumer {
  readonly #start: StartRefund;
  readonly #continue: ContinueRefund;

  constructor(@Inject(StartRefund) start: StartRefund, @Inject(ContinueRefund) onward: ContinueRefund) {
    this.#start = start;
    this.#continue = onward;
  }

  @On(refund.RefundRequested) refundRequested() { return this.#start; }

  @On(payment.PaymentRefunded) paymentRefunded() { return this.#continue; }
  @On(payment.RefundDeclined) refundDeclined() { return this.#continue; }
  @On(payment.RefundStalled) refundStalled() { return this.#continue; }
  @On(inventory.StockReturned) stockReturned() { return this.#continue; }
  @On(receipt.CreditNoteIssued) creditNoteIssued() { return this.#continue; }
}
