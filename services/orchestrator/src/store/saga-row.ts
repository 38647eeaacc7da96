import { checkout } from '@checkout/contracts';
import { jsonColumn, sql } from '@checkout/sql';
import { z } from 'zod';
import type { Run, Transition } from '../domain/run.ts';

/** What `checkout_saga` and `refund_saga` have in common: the columns of a run, whatever it is about, and the way into them and out again. */

export const Phase = z.enum(['forward', 'backward', 'completed', 'cancelled']);

export const runColumns = {
  bodyHash: z.string(),
  phase: Phase,
  awaiting: jsonColumn(z.array(z.int())),
  attempts: z.int(),
  unheard: z.int(),
  results: jsonColumn(z.record(z.string(), z.record(z.string(), z.unknown()))),
  because: jsonColumn(checkout.Reason).nullable(),
  needsAttention: z.string().nullable(),
  sagaVersion: z.int(),
  version: z.int(),
  entryCount: z.int(),
  traceparent: z.string().nullable(),
  wakeAt: z.date().nullable(),
};

/** `data` is null once the saga has ended. */
type RunRow<Start> = z.output<z.ZodObject<typeof runColumns>> & { readonly data: Start | null };

export function runOf<Start>({ bodyHash, data, phase, awaiting, attempts, unheard, results, because, needsAttention, sagaVersion, version, entryCount, traceparent, wakeAt }: RunRow<Start>): Run<Start> {
  const instance = { phase, awaiting, attempts, results, ...(unheard > 0 && { unheard }), ...(because && { because }), ...(needsAttention !== null && { needsAttention }) };
  return { bodyHash, sagaVersion, instance, version, entryCount, ...(data && { start: data }), ...(traceparent !== null && { traceparent }), ...(wakeAt && { wakeAt: wakeAt.getTime() }) };
}

/** A saga as the batch leaves it, and the version that the table must have before. */
export interface Written<R> {
  readonly before: number | undefined;
  readonly after: R;
  readonly at: number;
}

/** Several replies to one saga are one write. */
export function merged<R extends Run<unknown>>(changes: readonly Transition<R>[], keyOf: (run: R) => string): readonly Written<R>[] {
  const written = new Map<string, Written<R>>();
  for (const { before, after, at } of changes) {
    const key = keyOf(after);
    const earlier = written.get(key);
    written.set(key, { before: earlier ? earlier.before : before?.version, after, at });
  }
  return [...written.values()];
}

export const isFirst = ({ before }: Written<unknown>): boolean => before === undefined;
export const isNext = (written: Written<unknown>): boolean => !isFirst(written);

const timeOf = (ms: number): string => new Date(ms).toISOString();

/** What each write of a saga writes, as `stateInJson` reads it. */
export const stateOf = ({ before, at, after: { instance, version, entryCount, wakeAt } }: Written<Run<unknown>>) => ({
  before, version, entryCount,
  phase: instance.phase,
  awaiting: JSON.stringify(instance.awaiting),
  attempts: instance.attempts,
  unheard: instance.unheard ?? 0,
  results: instance.results,
  because: instance.because,
  attention: instance.needsAttention,
  at: timeOf(at),
  wakeAt: wakeAt === undefined ? undefined : timeOf(wakeAt),
});

/** What the first write of a saga writes, as `beginningInJson` reads it. */
export const beginningOf = (written: Written<Run<unknown>>) => {
  const { bodyHash, sagaVersion, start, traceparent } = written.after;
  return { ...stateOf(written), bodyHash, sagaVersion, data: start, traceparent };
};

/** In a SELECT from `s`, the table; read by `runOf`. */
export const selectedRun = sql`s.body_hash AS bodyHash, s.data,
    s.phase, s.awaiting, s.attempts, s.unheard, s.results, s.because, s.needs_attention AS needsAttention, s.saga_version AS sagaVersion, s.version, s.entry_count AS entryCount,
    s.traceparent, s.wake_at AS wakeAt`;

/** In the WITH of an update; `j` is what it gives. */
export const stateInJson = sql`before INT '$.before', phase VARCHAR(10) '$.phase', awaiting VARCHAR(100) '$.awaiting', attempts INT '$.attempts', unheard INT '$.unheard',
      results NVARCHAR(MAX) '$.results' AS JSON, because NVARCHAR(MAX) '$.because' AS JSON, attention NVARCHAR(400) '$.attention',
      version INT '$.version', entryCount INT '$.entryCount', at DATETIME2(3) '$.at', wakeAt DATETIME2(3) '$.wakeAt'`;

/** In the SET of an update of `s` from `j`. What was asked for goes when the saga ends: card tokens do not outlive it. */
export const stateSet = sql`phase = j.phase, awaiting = j.awaiting, attempts = j.attempts, unheard = j.unheard, results = j.results, because = j.because, needs_attention = j.attention,
    version = j.version, entry_count = j.entryCount, updated_at = j.at, wake_at = j.wakeAt,
    data = CASE WHEN j.phase IN ('completed', 'cancelled') THEN NULL ELSE s.data END`;

/** In the WITH of an insert. */
export const beginningInJson = sql`bodyHash VARCHAR(64) '$.bodyHash', data NVARCHAR(MAX) '$.data' AS JSON, sagaVersion INT '$.sagaVersion', traceparent VARCHAR(60) '$.traceparent',
      ${stateInJson}`;

/** The columns of an insert. */
export const insertedColumns = sql`body_hash, data, phase, awaiting, attempts, unheard, results, because, needs_attention,
    saga_version, version, entry_count, traceparent, started_at, updated_at, wake_at`;

/** What an insert selects for these columns from `j`. */
export const insertedValues = sql`j.bodyHash, j.data, j.phase, j.awaiting, j.attempts, j.unheard, j.results, j.because, j.attention,
    j.sagaVersion, j.version, j.entryCount, j.traceparent, j.at, j.at, j.wakeAt`;
