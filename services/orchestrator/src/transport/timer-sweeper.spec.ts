import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import { createLogger } from '@checkout/observability';
import { DependencyUnavailable } from '@checkout/resilience';
import { PassThrough } from 'node:stream';
import type { DueTimer } from '../application/ports.ts';
import { TimerSweeper } from './timer-sweeper.ts';

const timer = (saleId: string): DueTimer => ({ tenantId: 'acme' as TenantId, storeId: 'LEEDS-01' as StoreId, saleId: saleId as SaleId });
const written = (): { lines: () => string; logger: ReturnType<typeof createLogger> } => {
  const destination = new PassThrough();
  return { lines: () => String(destination.read() ?? ''), logger: createLogger({ service: 'test', level: 'info', destination }) };
};

describe('a sweep', () => {
  it('wakes every timer that is due', async () => {
    const woken: string[] = [];
    const asked: unknown[] = [];
    const sweeper = new TimerSweeper({
      timers: { due: (now, limit) => { asked.push([now, limit]); return Promise.resolve([timer('a'), timer('b')]); } },
      wake: ({ saleId }) => { woken.push(saleId); return Promise.resolve(); },
      logger: written().logger,
      clock: () => 1_000,
    });
    await sweeper.sweep();
    expect(woken).toEqual(['a', 'b']);
    expect(asked).toEqual([[1_000, 200]]);
  });

  it('is alone: a second one joins it', async () => {
    let reads = 0;
    const sweeper = new TimerSweeper({ timers: { due: () => { reads += 1; return Promise.resolve([]); } }, wake: () => Promise.resolve(), logger: written().logger });
    await Promise.all([sweeper.sweep(), sweeper.sweep()]);
    await sweeper.sweep();
    expect(reads).toBe(2);
  });

  it('lets one timer fail alone, and says so', async () => {
    const { lines, logger } = written();
    const woken: string[] = [];
    const wake = ({ saleId }: DueTimer) => {
      if (saleId === 'a') return Promise.reject(new Error('a defect'));
      woken.push(saleId);
      return Promise.resolve();
    };
    await new TimerSweeper({ timers: { due: () => Promise.resolve([timer('a'), timer('b')]) }, wake, logger }).sweep();
    expect(woken).toEqual(['b']);
    expect(lines()).toContain('a defect');
  });

  it('is silent while the database is away: the breaker has said so', async () => {
    const { lines, logger } = written();
    const outage = new DependencyUnavailable('orchestrator', 1_000);
    await new TimerSweeper({ timers: { due: () => Promise.reject(outage) }, wake: () => Promise.resolve(), logger }).sweep();
    await new TimerSweeper({ timers: { due: () => Promise.resolve([timer('a')]) }, wake: () => Promise.reject(outage), logger }).sweep();
    expect(lines()).toBe('');
  });
});
