import { acceptCheckout, type AcceptCheckout, type Acceptance } from './accept-checkout.ts';
import type { CartHandler } from './ports.ts';
import type { Checkout } from '../domain/checkout.ts';

/**
 * What one request has tried to make of its command. A try may be in doubt: its commit or its send was never answered, and the request tries again by
 * itself. When the second try then finds the first one's checkout, nothing was repeated by the till, and it must not be told so.
 *
 * A try is known again by the moment at which it accepted, to the millisecond, which is kept with the checkout wherever it is kept.
 */
export class OwnTries {
  readonly #acceptedAt = new Set<number>();

  /** `acceptCheckout`, which knows its own checkouts again; the effects of one whose commit was never answered are begun now. */
  readonly handler: CartHandler<AcceptCheckout, Acceptance> = {
    needs: (message) => acceptCheckout.needs(message),
    decide: (rows, about) => {
      const decision = acceptCheckout.decide(rows, about);
      const { answer } = decision;
      if (answer?.kind === 'accepted') this.tried(answer.checkout);
      if (answer?.kind !== 'replayed' || !this.#has(answer.checkout)) return decision;
      return { effects: [{ kind: 'accepted', checkout: answer.checkout }], answer: this.judged(answer) };
    },
  };

  tried({ acceptedAt }: Checkout): void {
    this.#acceptedAt.add(acceptedAt);
  }

  /** The same acceptance, as the till that made this request is to be told of it. */
  judged(acceptance: Acceptance): Acceptance {
    return acceptance.kind === 'replayed' && this.#has(acceptance.checkout) ? { ...acceptance, kind: 'accepted' } : acceptance;
  }

  #has({ acceptedAt }: Checkout): boolean {
    return this.#acceptedAt.has(acceptedAt);
  }
}
