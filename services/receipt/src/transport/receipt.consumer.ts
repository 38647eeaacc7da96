import { receipt } from '@checkout/contracts';
import { On } from '@checkout/messaging';
import { Controller, Inject } from '@nestjs/common';
import { IssueReceipt } from '../application/issue-receipt.ts';

/** Everything receipt listens to: which handler gets which message. */
@Controller()
export class ReceiptConsumer {
  readonly #issueReceipt: IssueReceipt;

  constructor(@Inject(IssueReceipt) issueReceipt: IssueReceipt) {
    this.#issueReceipt = issueReceipt;
  }

  @On(receipt.IssueReceipt)
  issueReceipt() {
    return this.#issueReceipt;
  }
}
