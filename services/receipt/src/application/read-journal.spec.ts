import { storeId, tenantId } from '../testing.ts';
import { ReadJournal } from './read-journal.ts';

describe('reading the journal', () => {
  it('takes both days in, from midnight to midnight in UTC', async () => {
    const asked: Date[] = [];
    const journal = new ReadJournal({
      totals: (_tenant, _store, from, until) => {
        asked.push(from, until);
        return Promise.resolve([{ day: 20_458, currency: 'GBP', sales: 2, netMinor: 1_000, taxMinor: 200, grossMinor: 1_200, refunds: 0, refundedNetMinor: 0, refundedTaxMinor: 0, refundedGrossMinor: 0 }]);
      },
    });

    const days = await journal.between(tenantId, storeId, '2026-01-05', '2026-01-06');

    expect(asked.map((at) => at.toISOString())).toEqual(['2026-01-05T00:00:00.000Z', '2026-01-07T00:00:00.000Z']);
    expect(days).toEqual([{ day: '2026-01-05', currency: 'GBP', sales: 2, netMinor: 1_000, taxMinor: 200, grossMinor: 1_200, refunds: 0, refundedNetMinor: 0, refundedTaxMinor: 0, refundedGrossMinor: 0 }]);
  });

  it.each([['2026-01-05', '2026-01-05', 1], ['2026-01-01', '2026-12-31', 365], ['2026-01-05', '2026-01-04', 0]])('counts the days from %s to %s as %i', (from, to, days) => {
    expect(ReadJournal.daysOf(from, to)).toBe(days);
  });
});
