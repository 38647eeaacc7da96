import { checkout } from '@checkout/contracts';
import { On } from '@checkout/messaging';
import { Controller } from '@nestjs/common';
import { cancelCheckout, completeCheckout } from '../application/end-checkout.ts';
import { registerCheckout } from '../application/register-checkout.ts';

/** Everything cart listens to. Each method is asked once, at start-up, which handler gets which message. */
@Controller()
export class CartConsumer {
  @On(checkout.CheckoutStarted) started() { return registerCheckout; }

  @On(checkout.CheckoutCompleted) completed() { return completeCheckout; }

  @On(checkout.CheckoutCancelled) cancelled() { return cancelCheckout; }
}
