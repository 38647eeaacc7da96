import type { http } from '@checkout/contracts';
import type { RefundId, SaleId, TenantId } from '@checkout/kernel';
import { isOver } from '../domain/run.ts';
import type { LiveTimelines } from './live-timelines.ts';
import type { Story, Timelines } from './ports.ts';

/** Another instance's commits wake nobody here, so a follower looks by itself this often. */
const lookEveryMs = 500;
/** A till that was just told "accepted" may ask before its request has come through the bus. */
const appearsWithinMs = 5_000;

/** How a sale, or a refund, went and goes. Another tenant's is not there at all. */
export class ReadTimeline<Id extends SaleId | RefundId = SaleId> {
  readonly #timelines: Timelines<Id>;
  readonly #live: Pick<LiveTimelines, 'watch'>;

  constructor(timelines: Timelines<Id>, live: Pick<LiveTimelines, 'watch'>) {
    this.#timelines = timelines;
    this.#live = live;
  }

  read(tenantId: TenantId, id: Id, after = 0): Promise<Story | undefined> {
    return this.#timelines.read(tenantId, id, after);
  }

  /** As `read`, but waits a little for a sale or refund that is not there yet. */
  async awaited(tenantId: TenantId, id: Id, after: number, signal: AbortSignal): Promise<Story | undefined> {
    using watch = this.#live.watch(tenantId, id);
    for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
      const story = await this.read(tenantId, id, after);
      if (story || signal.aborted || waitedMs >= appearsWithinMs) return story;
      await watch.wait(lookEveryMs, signal);
    }
  }

  /** Every entry above `after`, those to come included, in order and without gaps, until it has ended or the signal is aborted. */
  async *follow(tenantId: TenantId, id: Id, after: number, signal: AbortSignal): AsyncGenerator<http.TimelineEntry, void> {
    // Watching begins before reading, so that what is committed in between is news.
    using watch = this.#live.watch(tenantId, id);
    for (let last = after; !signal.aborted; ) {
      const story = await this.read(tenantId, id, last);
      for (const entry of story?.entries ?? []) {
        yield entry;
        last = entry.sequence;
      }
      if (!story || isOver(story)) return;
      await watch.wait(lookEveryMs, signal);
    }
  }
}
