import type { http } from '@checkout/contracts';
import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { Change } from '../domain/checkout.ts';
import { LiveTimelines } from './live-timelines.ts';
import type { Story, Timelines } from './ports.ts';
import { ReadTimeline } from './read-timeline.ts';

const tenantId = 'acme' as TenantId;
const saleId = '6f1c2a5e-8d3b-5c7f-9a0e-5b6d7c8f9a01' as SaleId;
const entry = (sequence: number, event: string): http.TimelineEntry => ({ sequence, at: '2026-01-05T12:00:00.000Z', event });

/** A time line that grows under the reader's eyes. */
class Growing implements Timelines {
  entries: http.TimelineEntry[] = [];
  phase: Story['phase'] = 'forward';
  reads = 0;

  read(tenant: TenantId, _: SaleId, after: number): Promise<Story | undefined> {
    this.reads += 1;
    if (tenant !== tenantId || this.entries.length === 0) return Promise.resolve(undefined);
    return Promise.resolve({ storeId: 'LEEDS-01' as StoreId, phase: this.phase, entries: this.entries.filter(({ sequence }) => sequence > after) });
  }
}

const committed = { after: { tenantId, saleId } } as Change;
const never = new AbortController().signal;
const collect = async (entries: AsyncIterable<http.TimelineEntry>): Promise<number[]> => {
  const seen: number[] = [];
  for await (const { sequence } of entries) seen.push(sequence);
  return seen;
};
const moment = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('following a sale', () => {
  it('shows what was, then what is committed, and ends with the sale', async () => {
    const timelines = new Growing();
    const live = new LiveTimelines();
    timelines.entries = [entry(1, 'started')];
    const seen = collect(new ReadTimeline(timelines, live).follow(tenantId, saleId, 0, never));
    await moment();
    timelines.entries.push(entry(2, 'succeeded'));
    live.committed([committed]);
    await moment();
    timelines.entries.push(entry(3, 'completed'));
    timelines.phase = 'completed';
    live.committed([committed]);
    expect(await seen).toEqual([1, 2, 3]);
    expect(timelines.reads).toBe(3);
    expect(live.size).toBe(0);
  });

  it('goes on after what the follower has seen', async () => {
    const timelines = new Growing();
    timelines.entries = [entry(1, 'started'), entry(2, 'cancelled')];
    timelines.phase = 'cancelled';
    expect(await collect(new ReadTimeline(timelines, new LiveTimelines()).follow(tenantId, saleId, 1, never))).toEqual([2]);
  });

  it('sees what another instance commits, only later', async () => {
    const timelines = new Growing();
    timelines.entries = [entry(1, 'started')];
    const seen = collect(new ReadTimeline(timelines, new LiveTimelines()).follow(tenantId, saleId, 0, never));
    await moment();
    timelines.entries.push(entry(2, 'cancelled'));
    timelines.phase = 'cancelled';
    expect(await seen).toEqual([1, 2]);
  });

  it('ends at once when the follower has gone, and leaves nothing behind', async () => {
    const timelines = new Growing();
    const live = new LiveTimelines();
    timelines.entries = [entry(1, 'started')];
    const gone = new AbortController();
    const seen = collect(new ReadTimeline(timelines, live).follow(tenantId, saleId, 0, gone.signal));
    await moment();
    gone.abort();
    expect(await seen).toEqual([1]);
    expect(live.size).toBe(0);
  });

  it('waits for a sale whose request is still under way', async () => {
    const timelines = new Growing();
    const live = new LiveTimelines();
    const story = new ReadTimeline(timelines, live).awaited(tenantId, saleId, 0, never);
    await moment();
    timelines.entries = [entry(1, 'started')];
    live.committed([committed]);
    expect((await story)?.entries).toHaveLength(1);
    expect(live.size).toBe(0);
  });

  it('finds nothing of another tenant', async () => {
    const timelines = new Growing();
    timelines.entries = [entry(1, 'started')];
    expect(await new ReadTimeline(timelines, new LiveTimelines()).read('other' as TenantId, saleId)).toBeUndefined();
  });
});
