import { setTimeout as sleep } from 'node:timers/promises';
import type { OfSale } from '../domain/reservation.ts';
import { noon, saleOf, storeId, tenantId } from '../testing.ts';
import { SweepReservations } from './sweep-reservations.ts';

const saleNamed = (name: string): OfSale => ({ tenantId, storeId, saleId: saleOf(name) });

/** `due` answers one list after the other, then nothing. */
function sweepOver(lists: (readonly OfSale[] | Error)[]) {
  const askedAbout: OfSale[] = [];
  const failures: unknown[] = [];
  const asked: Date[] = [];
  const sweep = new SweepReservations({
    reservations: {
      due: (now) => {
        asked.push(now);
        const next = lists.shift() ?? [];
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
      },
    },
    ask: (sale) => Promise.resolve(void askedAbout.push(sale)),
    onFailure: (error) => failures.push(error),
    clock: () => noon,
    everyMs: 1,
  });
  return { sweep, askedAbout, failures, asked };
}

describe('sweeping reservations', () => {
  it('has each one asked about that is due now', async () => {
    const { sweep, askedAbout, asked } = sweepOver([[saleNamed('sale 1'), saleNamed('sale 2')]]);

    expect(await sweep.sweep()).toBe(false);

    expect(asked).toEqual([new Date(noon)]);
    expect(askedAbout).toEqual([saleNamed('sale 1'), saleNamed('sale 2')]);
  });

  it('says that there may be more after a full look', async () => {
    const { sweep } = sweepOver([Array.from({ length: 500 }, (_, index) => saleNamed(`sale ${index}`))]);
    expect(await sweep.sweep()).toBe(true);
  });

  it('goes on after the database was away', async () => {
    const { sweep, askedAbout, failures } = sweepOver([new Error('away'), [saleNamed('sale 1')]]);
    sweep.start();
    while (askedAbout.length === 0) await sleep(1);
    await sweep.stop();
    expect(failures).toHaveLength(1);
  });

  it('looks no more once it is stopped', async () => {
    const { sweep, asked } = sweepOver([]);
    sweep.start();
    await sweep.stop();
    await sleep(5);
    expect(asked).toEqual([]);
  });
});
