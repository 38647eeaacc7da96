import type { Clock } from '@checkout/kernel';
import type { Inbox, ParkedWebhooks } from './ports.ts';

/** Most that one look takes; the rest is due at the next. */
const mostAtOnce = 100;

/** Has parked webhooks looked at again. */
export class SweepWebhooks {
  readonly #webhooks: ParkedWebhooks;
  readonly #inbox: Pick<Inbox, 'webhookParked'>;
  readonly #clock: Clock;

  constructor(webhooks: ParkedWebhooks, inbox: Pick<Inbox, 'webhookParked'>, clock: Clock = Date.now) {
    this.#webhooks = webhooks;
    this.#inbox = inbox;
    this.#clock = clock;
  }

  /** @returns how many were looked at. @throws DependencyUnavailable while the database is out. */
  async sweep(): Promise<number> {
    const parked = await this.#webhooks.parked(this.#clock(), mostAtOnce);
    await Promise.all(parked.map((body) => this.#inbox.webhookParked({ type: 'payment.webhook-parked', body })));
    return parked.length;
  }
}
