import type { http } from '@checkout/contracts';
import type { Decision, Instance } from '@checkout/saga';

/** One saga as it is kept, whatever it is about. */
export interface Run<Data> {
  /** Tells a repeat of the request from another request under the same command. */
  readonly bodyHash: string;
  /** Absent once it has ended: nothing is sent any more. */
  readonly start?: Data;
  readonly instance: Instance;
  /** Which declaration of the saga it began with, and ends by. */
  readonly sagaVersion: number;
  /** Counts transitions, and guards each against a second writer. */
  readonly version: number;
  /** How many entries its time line has. */
  readonly entryCount: number;
  /** The trace that it began in; timers go on with it. */
  readonly traceparent?: string;
  /** Milliseconds since 1970; absent when nothing is awaited. */
  readonly wakeAt?: number;
}

/** One transition, to be written whole. Without `before` it is the first. */
export interface Transition<R> {
  readonly before?: R;
  readonly after: R;
  readonly entries: readonly http.TimelineEntry[];
  readonly at: number;
}

export const isOver = ({ phase }: Pick<Instance, 'phase'>): boolean => phase === 'completed' || phase === 'cancelled';

/** What the saga decided, as the next state of its run. Nothing when it decided that nothing happens. */
export function continued<R extends Run<unknown>>(before: R, decision: Decision, now: number): Transition<R> | undefined {
  if (decision.instance === before.instance) return undefined;
  return { before, ...transition<R>(before, decision, now) };
}

/** The state after a decision; `before` is what is known of a run that begins. */
export function transition<R extends Run<unknown>>(before: Omit<R, 'instance'>, { instance, happenings, wakeAfter }: Decision, now: number): Transition<R> {
  const { start, wakeAt: _, ...kept } = before as Omit<Run<unknown>, 'instance'>;
  const at = new Date(now).toISOString();
  const entries = happenings.map((happening, index): http.TimelineEntry => ({ sequence: kept.entryCount + index + 1, at, ...happening }));
  const after = {
    ...kept, instance,
    version: kept.version + 1,
    entryCount: kept.entryCount + entries.length,
    ...(start !== undefined && !isOver(instance) && { start }),
    ...(wakeAfter !== undefined && { wakeAt: now + wakeAfter }),
  };
  // What a kind of run has beside these members is copied as it is, which is more than the compiler sees.
  return { after: after as unknown as R, entries, at: now };
}
