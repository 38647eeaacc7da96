import type { http } from '@checkout/contracts';
import { DependencyUnavailable } from '@checkout/resilience';
import { aCheckout, acme, noon } from '../testing.ts';
import type { Checkout } from '../domain/checkout.ts';
import { FindCheckout } from './find-checkout.ts';
import { RecentCheckouts } from './recent-checkouts.ts';

const known = aCheckout();
const { commandId } = known;
const down = new DependencyUnavailable('cart/read', 1_000);
const view: http.SaleView = {
  saleId: known.saleId, commandId, storeId: known.storeId, tillId: 'LEEDS-01-T1' as http.SaleView['tillId'], currency: 'GBP', totalMinor: 598, phase: 'completed', acceptedVia: 'bus',
  requestedAt: '2026-01-05T12:00:00.000Z', receiptNumber: 'S-000007', changeMinor: 0, endedAt: '2026-01-05T12:00:02.000Z',
};

function asked({ table, recent, book, afterMs = 1_000 }: { table: Checkout | undefined | Error; recent?: Checkout; book: http.SaleView | 'none' | 'unreachable'; afterMs?: number }): Promise<Checkout | undefined> {
  const kept = new RecentCheckouts();
  if (recent) kept.keep(recent);
  const checkouts = { find: () => (table instanceof Error ? Promise.reject(table) : Promise.resolve(table)) };
  return new FindCheckout({ checkouts, recent: kept, book: { find: () => Promise.resolve(book) }, clock: () => noon + afterMs }).find(acme, commandId, 'Bearer x');
}

describe('how a checkout stands', () => {
  it('is what the table says, whatever others say', async () => {
    expect(await asked({ table: known, recent: aCheckout({ commandId, totalMinor: 1 }), book: view })).toBe(known);
  });

  it('is what was accepted a moment ago, while its row is on the way', async () => {
    expect(await asked({ table: undefined, recent: known, book: 'none' })).toBe(known);
  });

  it('is what the orchestrator says, when another process accepted it or the table cannot be read', async () => {
    const ended = { state: 'completed', receiptNumber: 'S-000007' };
    expect(await asked({ table: undefined, book: view })).toMatchObject({ ending: ended });
    expect(await asked({ table: down, book: view })).toMatchObject({ ending: ended });
    expect(await asked({ table: down, recent: known, book: view })).toMatchObject({ ending: ended });
  });

  it('is under way, as long as it is known to be accepted and nobody can be asked for more', async () => {
    expect(await asked({ table: down, recent: known, book: 'unreachable' })).toBe(known);
  });

  it('is nothing only when all who would know have been asked', async () => {
    expect(await asked({ table: undefined, book: 'none' })).toBeUndefined();
    await expect(asked({ table: undefined, book: 'unreachable' })).rejects.toBeInstanceOf(DependencyUnavailable);
    await expect(asked({ table: down, book: 'none' })).rejects.toBe(down);
    await expect(asked({ table: down, book: 'unreachable' })).rejects.toBe(down);
  });

  describe('when it should have ended long ago', () => {
    const { receiptNumber: _, changeMinor: __, endedAt: ___, ...unended } = view;
    const stuck: http.SaleView = { ...unended, phase: 'forward', needsAttention: 'capture payment: no answer' };

    it('is what the orchestrator says: that a person has to look, or its end', async () => {
      expect(await asked({ table: known, book: stuck, afterMs: 60_000 })).toMatchObject({ needsAttention: true });
      expect(await asked({ table: known, book: view, afterMs: 60_000 })).toMatchObject({ ending: { state: 'completed' } });
    });

    it('is under way, when nobody has to look or the orchestrator cannot be asked', async () => {
      expect(await asked({ table: known, book: { ...unended, phase: 'forward' }, afterMs: 60_000 })).not.toHaveProperty('needsAttention');
      expect(await asked({ table: known, book: 'unreachable', afterMs: 60_000 })).toBe(known);
    });

    it('is not asked about while it is young: healthy sales cost the orchestrator nothing', async () => {
      expect(await asked({ table: known, book: stuck, afterMs: 19_000 })).toBe(known);
    });
  });

  it('of a sale that is being undone is not its end yet', async () => {
    const { receiptNumber: _, changeMinor: __, endedAt: ___, ...undone } = view;
    expect((await asked({ table: down, book: { ...undone, phase: 'backward' } }))?.ending).toBeUndefined();
  });
});
