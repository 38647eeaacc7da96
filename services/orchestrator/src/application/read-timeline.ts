import type { http } from '@checkout/contracts';
import type { SaleId, TenantId } from '@checkout/kernel';
import { isOver } from '../domain/checkout.ts';
import type { LiveTimelines } from './live-timelines.ts';
import type { Story, Timelines } from './ports.ts';

/** Another instance's commits wake nobody here, so a follower looks by itself this often. */
const lookEveryMs = 500;
/** A till that was just told "accepted" may ask before its request has come through the bus. */
const appearsWithinMs = 5_000;

/** How a sale went and goes. Another tenant's sale is not there at all. */
export class ReadTimeline {
  readonly #timelines: Timelines;
  readonly #live: Pick<LiveTimelines, 'watch'>;

  constructor(timelines: Timelines, live: Pick<LiveTimelines, 'watch'>) {
    this.#timelines = timelines;
    this.#live = live;
  }

  read(tenantId: TenantId, saleId: SaleId, after = 0): Promise<Story | undefined> {
    return this.#timelines.read(tenantId, saleId, after);
  }

  /** As `read`, but waits a little for a sale that is not there yet. */
  async awaited(tenantId: TenantId, saleId: SaleId, after: number, signal: AbortSignal): Promise<Story | undefined> {
    using watch = this.#live.watch(tenantId, saleId);
    for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
      const story = await this.read(tenantId, saleId, after);
      if (story || signal.aborted || waitedMs >= appearsWithinMs) return story;
      await watch.wait(lookEveryMs, signal);
    }
  }

  /** Every entry above `after`, those to come included, in order and without gaps, until the sale has ended or the signal is aborted. */
  async *follow(tenantId: TenantId, saleId: SaleId, after: number, signal: AbortSignal): AsyncGenerator<http.TimelineEntry, void> {
    // Watching begins before reading, so that what is committed in between is news.
    using watch = this.#live.watch(tenantId, saleId);
    for (let last = after; !signal.aborted; ) {
      const story = await this.read(tenantId, saleId, last);
      for (const entry of story?.entries ?? []) {
        yield entry;
        last = entry.sequence;
      }
      if (!story || isOver(story)) return;
      await watch.wait(lookEveryMs, signal);
    }
  }
}
