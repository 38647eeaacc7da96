import type { SaleId, TenantId } from '@checkout/kernel';
import type { Change } from '../domain/checkout.ts';
import { LiveTimelines } from './live-timelines.ts';

const tenantId = 'acme' as TenantId;
const change = (saleId: string) => ({ after: { tenantId, saleId } }) as Change;
const never = new AbortController().signal;

describe('a watch', () => {
  it('does not miss news that came before it began to wait', async () => {
    const live = new LiveTimelines();
    using watch = live.watch(tenantId, 'one' as SaleId);
    live.committed([change('one')]);
    await watch.wait(60_000, never);
  });

  it('is not woken by the news of another sale', async () => {
    const live = new LiveTimelines();
    using watch = live.watch(tenantId, 'one' as SaleId);
    let isAwake = false;
    const waiting = watch.wait(30, never).then(() => { isAwake = true; });
    live.committed([change('two')]);
    await Promise.resolve();
    expect(isAwake).toBe(false);
    await waiting;
  });

  it('is one of many on the same sale, each of which is woken', async () => {
    const live = new LiveTimelines();
    using first = live.watch(tenantId, 'one' as SaleId);
    using second = live.watch(tenantId, 'one' as SaleId);
    const both = Promise.all([first.wait(60_000, never), second.wait(60_000, never)]);
    live.committed([change('one')]);
    await both;
  });

  it('leaves nothing behind', () => {
    const live = new LiveTimelines();
    { using _ = live.watch(tenantId, 'one' as SaleId); }
    expect(live.size).toBe(0);
  });
});
