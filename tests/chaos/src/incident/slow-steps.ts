import type { Snapshot, TimelineRow } from '../check/snapshot.ts';
import { groupBy } from '../check/violation.ts';
import { spreadOf } from '../figures.ts';
import type { Evidence } from './evidence.ts';

/** Who answers each step, and what lies behind them apart from their own database. */
const behind: Readonly<Record<string, string>> = {
  'reserve stock': 'service inventory',
  'authorize payment': 'payment provider',
  'capture payment': 'payment provider',
  'commit stock': 'service inventory',
  'issue receipt': 'service receipt',
};

/** A step is slow when one answer in twenty took this much longer than while all was well. */
const slowerByMs = 800;

/**
 * What the sales' own time lines say: which step began to take long. It is evidence against the layer behind that step only as long as nothing
 * stronger is: a breaker says itself that its database is out.
 */
export function slowSteps({ orchestrator }: Snapshot, openedAt: number, beganAt: number, healedAt: number): Evidence[] {
  const waits = waitsOf(orchestrator.timeline);
  const between = (step: string, from: number, to: number) => spreadOf(waits.filter((wait) => wait.step === step && wait.from >= from && wait.from < to).map(({ tookMs }) => tookMs));
  return Object.entries(behind).flatMap(([step, layer]) => {
    const healthy = between(step, openedAt, beganAt);
    const then = between(step, beganAt, healedAt);
    if (then.count === 0 || then.p95 < healthy.p95 + slowerByMs) return [];
    const first = waits.find((wait) => wait.step === step && wait.from >= beganAt && wait.tookMs > healthy.p99 + slowerByMs);
    return [{ at: (first?.from ?? beganAt) + (first?.tookMs ?? 0), layer, by: "orchestrator (sales' time lines)", what: `"${step}" took ${then.p95} ms at p95, and ${healthy.p95} ms before; its service's database was well`, weight: (then.p95 - healthy.p95) / slowerByMs }];
  });
}

interface Wait {
  readonly step: string;
  readonly from: number;
  readonly tookMs: number;
}

/** From one entry of a sale's time line to the next, by the step that answered. */
const waitsOf = (timeline: readonly TimelineRow[]): Wait[] =>
  [...groupBy(timeline, ({ sale_id }) => sale_id).values()].flatMap((entries) => {
    const ordered = entries.toSorted((a, b) => a.sequence - b.sequence);
    return ordered.flatMap(({ step, event, at }, index) => {
      const before = ordered[index - 1];
      return before && step !== null && event === 'succeeded' ? [{ step, from: before.at.getTime(), tookMs: at.getTime() - before.at.getTime() }] : [];
    });
  }).toSorted((a, b) => a.from - b.from);
