import type { Language } from '@checkout/contracts';
import type { Followed } from '../application/follow-checkout.ts';
import { statusOf } from '../domain/checkout-status.ts';

/** A followed checkout as server-sent events. */
export async function* eventsOf(followed: AsyncIterable<Followed>, language: Language): AsyncGenerator<string> {
  for await (const each of followed) {
    switch (each.kind) {
      case 'relayed':
        yield each.event;
        break;
      case 'alive':
        yield ': alive\n\n';
        break;
      case 'meanwhile':
      case 'last':
        yield `event: status\ndata: ${JSON.stringify(statusOf(each.checkout, language))}\n\n`;
    }
  }
}
