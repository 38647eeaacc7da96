import type { checkout } from '@checkout/contracts';
import { messageIdOf, toOutbound, type ExpressSender } from '@checkout/messaging';
import type { RequestRoute } from '../application/ports.ts';

/** Requests for sales, straight onto their topic. */
export class CheckoutRequests implements RequestRoute {
  readonly #sender: Pick<ExpressSender, 'send'>;

  constructor(sender: Pick<ExpressSender, 'send'>) {
    this.#sender = sender;
  }

  /** The first and only message of what asked for it: as the pipeline would name it. */
  send(request: checkout.CheckoutRequested, id: string, traceparent: string | undefined): Promise<void> {
    const { tenantId, requestedAt } = request.body;
    return this.#sender.send(toOutbound(request, { id: messageIdOf(id, 0), source: '/services/cart', time: requestedAt, tenantId, causationId: id, ...(traceparent !== undefined && { traceparent }) }));
  }
}
