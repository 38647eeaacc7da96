import type { BodyOf, checkout, inventory, payment } from '@checkout/contracts';

/** Why a sale did not come about, in words for the person at the till and codes for the till. */

/** As many articles as fit a sentence; the full list travels in `shortages`. */
const namedArticles = 3;

export function short({ shortages }: BodyOf<typeof inventory.StockRefused>): checkout.Reason {
  const named = shortages.slice(0, namedArticles).map(({ sku, wanted, available }) => `${sku} (${wanted} wanted, ${Math.max(0, available)} there)`);
  const others = shortages.length - named.length;
  return { code: 'stock-short', message: `Not enough stock of ${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}`, shortages };
}

export const declined = ({ declineCode, position }: BodyOf<typeof payment.PaymentDeclined>): checkout.Reason => ({
  code: 'payment-declined',
  message: `Tender ${position} was declined: ${declineCode}`,
  declineCode,
});

export const captureRefused = ({ declineCode }: BodyOf<typeof payment.CaptureRefused>): checkout.Reason => ({
  code: 'capture-refused',
  message: `The payment could not be taken: ${declineCode}`,
  declineCode,
});

export const refundDeclined = ({ declineCode, position }: BodyOf<typeof payment.RefundDeclined>): checkout.Reason => ({
  code: 'refund-declined',
  message: `Tender ${position} did not take the money back: ${declineCode}`,
  declineCode,
});

/** In an operator's words: why a sale waits for a person. */
export const stalled = ({ reason }: Pick<BodyOf<typeof payment.PaymentStalled>, 'reason'>): string => `payment: ${reason}`;
