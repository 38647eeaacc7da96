import { payment } from '@checkout/contracts';
import { On } from '@checkout/messaging';
import { Controller } from '@nestjs/common';
import { authorizePayment } from '../application/authorize-payment.ts';
import { capturePayment } from '../application/capture-payment.ts';
import { refundPayment } from '../application/refund-payment.ts';
import { voidPayment } from '../application/void-payment.ts';

/** Everything payment listens to. Each method is one line: which handler gets which message. */
@Controller()
export class PaymentConsumer {
  @On(payment.AuthorizePayment)
  onAuthorizePayment() {
    return authorizePayment;
  }

  @On(payment.CapturePayment)
  onCapturePayment() {
    return capturePayment;
  }

  @On(payment.RefundPayment)
  onRefundPayment() {
    return refundPayment;
  }

  @On(payment.VoidPayment)
  onVoidPayment() {
    return voidPayment;
  }
}
