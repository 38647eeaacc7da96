import { saleWords, type Language, type SaleWord } from '@checkout/contracts';
import { stateOf, type Checkout } from './checkout.ts';

/** Under which word of the registry a checkout stands: the same words are documented beside the errors. */
export function wordFor(checkout: Checkout): SaleWord {
  switch (stateOf(checkout)) {
    case 'accepted':
      return 'accepted';
    case 'needs-attention':
      return 'needs-attention';
    case 'completed':
      return checkout.ending?.state === 'completed' && checkout.ending.changeMinor > 0 ? 'completed-with-change' : 'completed';
    case 'declined':
      return 'declined';
    case 'rejected':
      return 'out-of-stock';
    case 'cancelled':
      return 'cancelled';
  }
}

/** What the person at the till should do, in words of a till. */
export const actionFor = (checkout: Checkout, language: Language): string => saleWords[wordFor(checkout)].texts[language].action;
