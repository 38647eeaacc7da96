import { Problem } from '@checkout/http';
import { anOffer } from '../testing.ts';
import { offerIn } from './offer-body.ts';

const codeOf = (body: unknown): string => {
  try {
    offerIn(body);
    return 'accepted';
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
};
const line = { sku: 'TEA-80', quantity: 1 };
const sold = { description: 'Tea', unitPriceMinor: 299, taxRateBp: 0 };
const soldAlone = (...lines: object[]) => ({ ...anOffer(), lines: [line, line], leftShop: { soldAt: '2026-01-05T11:00:00.000Z', provisionalNumber: 'LEEDS-01-T1-000007', taxMode: 'inclusive', lines } });

describe('the body of a checkout', () => {
  it.each([
    ['a good offer', anOffer(), 'accepted'],
    ['no lines', { ...anOffer(), lines: [] }, 'line-limit'],
    ['too many lines', { ...anOffer(), lines: Array.from({ length: 501 }, () => line) }, 'line-limit'],
    ['no pieces', { ...anOffer(), lines: [{ ...line, quantity: 0 }] }, 'quantity-invalid'],
    ['half a piece', { ...anOffer(), lines: [{ ...line, quantity: 0.5 }] }, 'quantity-invalid'],
    ['too many pieces', { ...anOffer(), lines: [{ ...line, quantity: 1_000 }] }, 'quantity-invalid'],
    ['a fraction of a cent', { ...anOffer(), totalMinor: 10.5 }, 'money-invalid'],
    ['a total as text', { ...anOffer(), totalMinor: '598' }, 'money-invalid'],
    ['a currency in lower case', { ...anOffer(), currency: 'gbp' }, 'currency-invalid'],
    ['a means of payment that we do not know', { ...anOffer(), tenders: [{ type: 'cheque', amountMinor: 598 }] }, 'tender-unsupported'],
    ['a card number', { ...anOffer(), tenders: [{ type: 'card', amountMinor: 598, cardToken: '4111111111111111' }] }, 'pan-detected'],
    ['an unknown field', { ...anOffer(), tenantId: 'other' }, 'unknown-field'],
    ['neither basket nor lines', { ...anOffer(), lines: undefined }, 'schema-violation'],
    ['goods that have left the shop', soldAlone({ ...line, ...sold, quantity: 2 }), 'accepted'],
    ['other goods that have left the shop than it asks for', soldAlone({ ...line, ...sold, sku: 'GIN-70', quantity: 2 }), 'schema-violation'],
    ['more pieces that have left the shop than it asks for', soldAlone({ ...line, ...sold, quantity: 3 }), 'schema-violation'],
    ['a list', [], 'schema-violation'],
    ['nothing', undefined, 'body-missing'],
  ])('with %s is told as %s', (_, body, code) => {
    expect(codeOf(body)).toBe(code);
  });
});
