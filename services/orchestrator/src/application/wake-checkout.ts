import type { Message } from '@checkout/contracts';
import type { Decision, Incoming } from '@checkout/messaging';
import type { Change } from '../domain/checkout.ts';
import { silenceOf, type News } from '../domain/hearing.ts';
import { sagaOf } from '../domain/versions.ts';
import { goOn } from './continue-checkout.ts';
import type { CheckoutHandler, Checkouts, Need } from './ports.ts';

/** A timer was due when the sweeper looked. Local: it never travels on the bus. */
export type TimerDue = Message<'checkout.timer-due', Need & News>;
export const timerDue = ({ tenantId, saleId }: Need, news: News): TimerDue => ({ type: 'checkout.timer-due', body: { tenantId, saleId, ...news } });

/** Goes on with a sale that waited in vain. When the reply came meanwhile the timer was set anew, and this one means nothing. */
export class WakeCheckout implements CheckoutHandler<TimerDue> {
  needs({ body }: TimerDue): readonly Need[] {
    return [body];
  }

  decide(checkouts: Checkouts, { message: { body }, now }: Incoming<TimerDue>): Decision<Change> {
    const before = checkouts.find(body.tenantId, body.saleId);
    if (before?.wakeAt === undefined || before.wakeAt > now) return {};
    return goOn(before, silenceOf(sagaOf(before.sagaVersion), before, body), now);
  }
}
