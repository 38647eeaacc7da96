import { checkout, inventory } from '@checkout/contracts';
import { aCheckout } from '@checkout/contracts/testing';
import type { Sku } from '@checkout/kernel';
import { short } from './reasons.ts';
import { ofSale } from './start-message.ts';

const sale = ofSale(aCheckout().body);
const shortOf = (count: number) =>
  short(inventory.StockRefused({ ...sale, shortages: Array.from({ length: count }, (_, index) => ({ sku: `${'S'.repeat(36)}-${index}` as Sku, wanted: 999, available: -5 })) }).body);

describe('the reason for a shortage', () => {
  it('names the first articles, and counts the others', () => {
    expect(shortOf(5).message).toMatch(/S-0 \(999 wanted, 0 there\), .*S-1.*S-2 .* and 2 more$/);
  });

  it('fits its message however many articles are short, and lists them all', () => {
    expect(shortOf(500).shortages).toHaveLength(500);
    expect(() => checkout.Reason.parse(shortOf(500))).not.toThrow();
  });
});
