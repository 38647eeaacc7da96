import { checkout, inventory, payment, receipt } from '@checkout/contracts';
import { On } from '@checkout/messaging';
import { Controller, Inject } from '@nestjs/common';
import { AnswerHold } from '../application/answer-hold.ts';
import { ContinueCheckout } from '../application/continue-checkout.ts';
import { StartCheckout } from '../application/start-checkout.ts';

/** Everything the orchestrator listens to: requests, and the replies that its saga waits for. */
@Controller()
export class CheckoutConsumer {
  readonly #start: StartCheckout;
  readonly #continue: ContinueCheckout;
  readonly #answerHold: AnswerHold;

  constructor(@Inject(StartCheckout) start: StartCheckout, @Inject(ContinueCheckout) onward: ContinueCheckout, @Inject(AnswerHold) answerHold: AnswerHold) {
    this.#start = start;
    this.#continue = onward;
    this.#answerHold = answerHold;
  }

  @On(checkout.CheckoutRequested) checkoutRequested() { return this.#start; }

  @On(inventory.StockReserved) stockReserved() { return this.#continue; }
  @On(inventory.StockRefused) stockRefused() { return this.#continue; }
  @On(inventory.StockReleased) stockReleased() { return this.#continue; }
  @On(inventory.StockHoldOverdue) stockHoldOverdue() { return this.#answerHold; }
  @On(inventory.StockCommitted) stockCommitted() { return this.#continue; }

  @On(payment.PaymentAuthorized) paymentAuthorized() { return this.#continue; }
  @On(payment.PaymentDeclined) paymentDeclined() { return this.#continue; }
  @On(payment.PaymentVoided) paymentVoided() { return this.#continue; }
  @On(payment.PaymentCaptured) paymentCaptured() { return this.#continue; }
  @On(payment.PaymentStalled) paymentStalled() { return this.#continue; }
  @On(payment.CaptureRefused) captureRefused() { return this.#continue; }

  @On(receipt.ReceiptIssued) receiptIssued() { return this.#continue; }
}
