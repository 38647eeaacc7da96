import { aCheckout } from '@checkout/contracts/testing';
import { uuidv7, type CommandId, type SaleId, type Sku } from '@checkout/kernel';
import { violationOf } from './admission.ts';

const tea = { sku: 'TEA-80' as Sku, description: 'Tea, 80 bags', quantity: 2, unitPriceMinor: 299, taxRateBp: 2000 };
const card = (amountMinor: number) => ({ type: 'card' as const, amountMinor, cardToken: 'tok_approved' });
const cash = (amountMinor: number, tenderedMinor: number) => ({ type: 'cash' as const, amountMinor, tenderedMinor });

describe('a request for a sale', () => {
  it.each([
    ['paid by card', aCheckout()],
    ['paid exactly in cash', aCheckout({ tenders: [cash(598, 598)] })],
    ['paid in cash with change', aCheckout({ tenders: [cash(598, 1000)] })],
    ['split over card and cash', aCheckout({ tenders: [card(500), cash(98, 100)] })],
    ['with tax added at the till', aCheckout({ taxMode: 'exclusive', totalMinor: 718, tenders: [card(718)] })],
    ['of nothing to pay', aCheckout({ lines: [{ ...tea, unitPriceMinor: 0 }] })],
  ])('is admitted when %s', (_, { body }) => {
    expect(violationOf(body)).toBeUndefined();
  });

  it.each([
    ['sale-id-mismatch', 'names the sale of another command', aCheckout({ commandId: uuidv7() as CommandId, saleId: '6f1c2a5e-8d3b-5c7f-9a0e-5b6d7c8f9a01' as SaleId })],
    ['total-mismatch', 'does not add up', aCheckout({ totalMinor: 597, tenders: [card(597)] })],
    ['total-mismatch', 'forgets the tax', aCheckout({ taxMode: 'exclusive', totalMinor: 598, tenders: [card(598)] })],
    ['tender-mismatch', 'is not paid in full', aCheckout({ tenders: [card(597)] })],
    ['tender-mismatch', 'is paid twice', aCheckout({ tenders: [card(598), card(598)] })],
    ['tender-mismatch', 'hands over less cash than it pays with', aCheckout({ tenders: [cash(598, 500)] })],
  ])('is refused as %s when it %s', (code, _, { body }) => {
    expect(violationOf(body)).toMatchObject({ code });
  });

  it('is refused, and is no defect of ours, when its lines exceed every amount', () => {
    const { body } = aCheckout();
    const huge = { ...body, lines: [{ ...tea, quantity: 999, unitPriceMinor: 1_000_000_000_000 }] };
    expect(violationOf(huge)).toMatchObject({ code: 'total-mismatch' });
  });

  describe('of very many lines', () => {
    const wordy = (count: number, description: string) =>
      aCheckout({ lines: Array.from({ length: count }, (_, index) => ({ ...tea, sku: `ARTICLE-${index}` as Sku, description, taxRateBp: index })) }).body;

    it('is admitted as long as what follows the capture fits onto the bus', () => {
      expect(violationOf(wordy(500, 'x'.repeat(80)))).toBeUndefined();
    });

    it('is refused when its receipt would not: the money would be taken, and nobody told', () => {
      expect(violationOf(wordy(500, '\u8336'.repeat(80)))).toMatchObject({ code: 'sale-too-large' });
    });
  });

  it('is refused before money moves when the change would exceed every amount', () => {
    const { body } = aCheckout({ tenders: [card(596), cash(1, 1_000_000_000_000), cash(1, 1_000_000_000_000)] });
    expect(violationOf(body)).toMatchObject({ code: 'tender-mismatch' });
  });

  it('is refused, and is no defect of ours, when its tenders exceed every amount', () => {
    const { body } = aCheckout();
    const huge = { ...body, tenders: [card(1_000_000_000_000), card(1_000_000_000_000)] };
    expect(violationOf(huge)).toMatchObject({ code: 'tender-mismatch' });
  });
});
