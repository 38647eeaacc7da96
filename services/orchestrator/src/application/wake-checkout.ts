import type { Message } from '@checkout/contracts';
import type { Decision, Incoming } from '@checkout/messaging';
import { timedOut } from '@checkout/saga';
import type { Change } from '../domain/checkout.ts';
import { goOn } from './continue-checkout.ts';
import type { CheckoutHandler, Checkouts, Need } from './ports.ts';

/** A timer was due when the sweeper looked. Local: it never travels on the bus. */
export type TimerDue = Message<'checkout.timer-due', Need>;
export const timerDue = ({ tenantId, saleId }: Need): TimerDue => ({ type: 'checkout.timer-due', body: { tenantId, saleId } });

/** Goes on with a sale that waited in vain. When the reply came meanwhile the timer was set anew, and this one means nothing. */
export class WakeCheckout implements CheckoutHandler<TimerDue> {
  needs({ body }: TimerDue): readonly Need[] {
    return [body];
  }

  decide(checkouts: Checkouts, { message: { body }, now }: Incoming<TimerDue>): Decision<Change> {
    const before = checkouts.find(body.tenantId, body.saleId);
    if (before?.wakeAt === undefined || before.wakeAt > now) return {};
    return goOn(before, timedOut, now);
  }
}
