import type { StoreId, TillId } from '@checkout/kernel';
import { aLine, issuedAtMs, paid, saleOf } from '../testing.ts';
import { receiptOf } from './receipt.ts';
import { render } from './render.ts';

const printed = (overrides: Parameters<typeof paid>[1]) => render(receiptOf(paid('sale 1', overrides).body, 'S', 42, issuedAtMs));

describe('a printed receipt', () => {
  it('shows lines, total, card, cash, change and the tax by rate', () => {
    const text = printed({
      lines: [
        aLine(),
        aLine({ description: 'Whole milk, 1 l', quantity: 1, unitPriceMinor: 125, taxRateBp: 0 }),
        aLine({ description: 'Crème brûlée 抹茶, the one in the small blue earthenware pot', quantity: 3, unitPriceMinor: 450, taxRateBp: 550 }),
      ],
      tenders: [
        { type: 'card', amountMinor: 1_500, tenderedMinor: 1_500 },
        { type: 'cash', amountMinor: 573, tenderedMinor: 1_000 },
      ],
    });

    expect(text.split('\n')).toEqual([
      'Store LEEDS-01',
      'Till LEEDS-01-T1',
      'Receipt S-000042',
      '2026-01-05 10:00:01 UTC',
      '------------------------------------------',
      'Tea, 80 bags',
      '  2 x 2.99                            5.98',
      'Whole milk, 1 l                       1.25',
      'Crème brûlée 抹茶, the one in the small',
      'blue earthenware pot',
      '  3 x 4.50                           13.50',
      '------------------------------------------',
      'TOTAL GBP                            20.73',
      'Card                                 15.00',
      'Cash                                 10.00',
      'Change                                4.27',
      '------------------------------------------',
      'Tax            Net         Tax       Gross',
      '0%            1.25        0.00        1.25',
      '5.5%         12.80        0.70       13.50',
      '20%           4.98        1.00        5.98',
      '------------------------------------------',
      `Sale ${saleOf('sale 1')}`,
      '',
    ]);
  });

  it('shows what was added where the prices are without tax', () => {
    const text = printed({ taxMode: 'exclusive', currency: 'USD', lines: [aLine({ quantity: 1, unitPriceMinor: 1_000, taxRateBp: 825 })] });

    expect(text).toContain(
      ['Tea, 80 bags                         10.00', '-'.repeat(42), 'Subtotal                             10.00', 'Tax                                   0.83', 'TOTAL USD                            10.83'].join('\n'),
    );
    expect(text).not.toContain('Change');
  });

  it('prints yen without a fraction', () => {
    expect(printed({ currency: 'JPY', lines: [aLine({ quantity: 1, unitPriceMinor: 500 })] })).toContain('TOTAL JPY                              500');
  });

  it('puts wide amounts of tax below each other', () => {
    const text = printed({ currency: 'IDR', lines: [aLine({ quantity: 1, unitPriceMinor: 11_100_000_000, taxRateBp: 1100 })] });
    expect(text).toContain(['11%', '  Net                         100000000.00', '  Tax                          11000000.00', '  Gross                       111000000.00'].join('\n'));
  });

  it('stays on the paper however long the names are', () => {
    const longest = 'A'.repeat(40);
    const text = printed({ storeId: longest as StoreId, tillId: longest as TillId, lines: [aLine({ description: 'W'.repeat(80), quantity: 999, unitPriceMinor: 99_999_999 })] });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(42);
  });
});
