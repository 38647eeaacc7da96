import { receipt, refund } from '@checkout/contracts';
import { On } from '@checkout/messaging';
import { Controller, Inject } from '@nestjs/common';
import { cancelRefund, completeRefund } from '../application/end-refund.ts';
import { IssueCreditNote } from '../application/issue-credit-note.ts';
import { IssueReceipt } from '../application/issue-receipt.ts';

/** Everything receipt listens to: which handler gets which message. */
@Controller()
export class ReceiptConsumer {
  readonly #issueReceipt: IssueReceipt;
  readonly #issueCreditNote: IssueCreditNote;

  constructor(@Inject(IssueReceipt) issueReceipt: IssueReceipt, @Inject(IssueCreditNote) issueCreditNote: IssueCreditNote) {
    this.#issueReceipt = issueReceipt;
    this.#issueCreditNote = issueCreditNote;
  }

  @On(receipt.IssueReceipt)
  issueReceipt() {
    return this.#issueReceipt;
  }

  @On(receipt.IssueCreditNote)
  issueCreditNote() {
    return this.#issueCreditNote;
  }

  @On(refund.RefundCompleted)
  refundCompleted() {
    return completeRefund;
  }

  @On(refund.RefundCancelled)
  refundCancelled() {
    return cancelRefund;
  }
}
