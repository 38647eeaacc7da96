import type { RefundId, TenantId } from '@checkout/kernel';
import type { Load, Store } from '@checkout/messaging';
import { int, json, sql, type Sql } from '@checkout/sql';
import type { RefundNeed, Refunds } from '../application/ports.ts';
import type { RefundChange, RefundRun } from '../domain/refund.ts';
import { RefundRow } from './refund-rows.ts';

/** The refunds of one batch by their keys. */
export class LoadedRefunds implements Refunds {
  readonly #refunds = new Map<string, RefundRun>();

  findRefund(tenantId: TenantId, refundId: RefundId): RefundRun | undefined {
    return this.#refunds.get(`${tenantId}/${refundId}`);
  }

  put(refund: RefundRun): void {
    this.#refunds.set(`${refund.tenantId}/${refund.refundId}`, refund);
  }
}

/**
 * Refunds and their time lines in Azure SQL. There are few of them beside the sales, so each is read anew with every message about it.
 *
 * Texts out of OPENJSON have the database's collation, and a join of those with our binary keys is refused (error 468), so the joins name it.
 */
export class SqlRefunds implements Store<RefundNeed, LoadedRefunds, RefundChange> {
  load(needs: readonly RefundNeed[]): Load<LoadedRefunds> {
    const wanted = new Map(needs.map((need) => [`${need.tenantId}/${need.refundId}`, need]));
    return {
      select: selectRefunds([...wanted.values()]),
      recordsets: wanted.size > 0 ? [RefundRow] : [],
      toRows([rows = []]) {
        const loaded = new LoadedRefunds();
        // The pipeline has parsed each row by the schema above.
        for (const row of rows as readonly RefundRow[]) loaded.put(runOf(row));
        return loaded;
      },
    };
  }

  apply(loaded: LoadedRefunds, { after }: RefundChange): void {
    loaded.put(after);
  }

  write(changes: readonly RefundChange[]): readonly Sql[] {
    const transitions = [...merged(changes).values()];
    const begun = transitions.filter(({ before }) => before === undefined);
    const moved = transitions.filter(({ before }) => before !== undefined);
    const entries = changes.flatMap(({ after: { tenantId, refundId }, entries: happened }) => happened.map((entry) => ({ tenantId, refundId, ...entry })));
    return [
      ...(begun.length > 0 ? [insertRefunds(begun)] : []),
      ...(moved.length > 0 ? [updateRefunds(moved)] : []),
      ...(entries.length > 0 ? [insertEntries(entries)] : []),
    ];
  }
}

function runOf({ data, because, needsAttention, traceparent, wakeAt, phase, awaiting, attempts, unheard, results, ...row }: RefundRow): RefundRun {
  const instance = { phase, awaiting, attempts, results, ...(unheard > 0 && { unheard }), ...(because && { because }), ...(needsAttention !== null && { needsAttention }) };
  return { ...row, instance, ...(data && { start: data }), ...(traceparent !== null && { traceparent }), ...(wakeAt && { wakeAt: wakeAt.getTime() }) };
}

/** A refund as the batch leaves it, and the version that the table must have before: several replies to one refund are one write. */
interface Written {
  readonly before: number | undefined;
  readonly after: RefundRun;
  readonly at: number;
}

function merged(changes: readonly RefundChange[]): Map<string, Written> {
  const written = new Map<string, Written>();
  for (const { before, after, at } of changes) {
    const key = `${after.tenantId}/${after.refundId}`;
    const earlier = written.get(key);
    written.set(key, { before: earlier ? earlier.before : before?.version, after, at });
  }
  return written;
}

const selectRefunds = (needs: readonly RefundNeed[]): Sql => sql`
  SELECT s.tenant_id AS tenantId, s.refund_id AS refundId, s.sale_id AS saleId, s.store_id AS storeId, s.body_hash AS bodyHash, s.data,
    s.phase, s.awaiting, s.attempts, s.unheard, s.results, s.because, s.needs_attention AS needsAttention, s.saga_version AS sagaVersion, s.version, s.entry_count AS entryCount,
    s.traceparent, s.wake_at AS wakeAt
  FROM OPENJSON(${json(needs.map(({ tenantId, refundId }) => ({ tenantId, refundId })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId') AS j
  JOIN refund_saga AS s
    ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.refund_id = j.refundId COLLATE Latin1_General_100_BIN2;`;

const timeOf = (ms: number): string => new Date(ms).toISOString();

const rowOf = ({ before, at, after: { tenantId, refundId, saleId, storeId, bodyHash, sagaVersion, start, traceparent, instance, version, entryCount, wakeAt } }: Written) => ({
  tenantId, refundId, saleId, storeId, bodyHash, sagaVersion, traceparent, before, version, entryCount,
  data: start,
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

/** Another writer that began the same refund first makes this fail on the primary key, and the batch is decided again. */
const insertRefunds = (begun: readonly Written[]): Sql => sql`
  INSERT INTO refund_saga (tenant_id, refund_id, sale_id, store_id, body_hash, data, phase, awaiting, attempts, unheard, results, because, needs_attention,
    saga_version, version, entry_count, traceparent, started_at, updated_at, wake_at)
  SELECT j.tenantId, j.refundId, j.saleId, j.storeId, j.bodyHash, j.data, j.phase, j.awaiting, j.attempts, j.unheard, j.results, j.because, j.attention,
    j.sagaVersion, j.version, j.entryCount, j.traceparent, j.at, j.at, j.wakeAt
  FROM OPENJSON(${json(begun.map(rowOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId', saleId VARCHAR(36) '$.saleId', storeId VARCHAR(40) '$.storeId', bodyHash VARCHAR(64) '$.bodyHash',
      data NVARCHAR(MAX) '$.data' AS JSON, phase VARCHAR(10) '$.phase', awaiting VARCHAR(100) '$.awaiting', attempts INT '$.attempts', unheard INT '$.unheard',
      results NVARCHAR(MAX) '$.results' AS JSON, because NVARCHAR(MAX) '$.because' AS JSON, attention NVARCHAR(400) '$.attention',
      sagaVersion INT '$.sagaVersion', version INT '$.version', entryCount INT '$.entryCount', traceparent VARCHAR(60) '$.traceparent', at DATETIME2(3) '$.at', wakeAt DATETIME2(3) '$.wakeAt') AS j;`;

const updateRefunds = (moved: readonly Written[]): Sql => sql`
  UPDATE s
  SET phase = j.phase, awaiting = j.awaiting, attempts = j.attempts, unheard = j.unheard, results = j.results, because = j.because, needs_attention = j.attention,
    version = j.version, entry_count = j.entryCount, updated_at = j.at, wake_at = j.wakeAt,
    data = CASE WHEN j.phase IN ('completed', 'cancelled') THEN NULL ELSE s.data END
  FROM OPENJSON(${json(moved.map(rowOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId', before INT '$.before', phase VARCHAR(10) '$.phase',
      awaiting VARCHAR(100) '$.awaiting', attempts INT '$.attempts', unheard INT '$.unheard', results NVARCHAR(MAX) '$.results' AS JSON, because NVARCHAR(MAX) '$.because' AS JSON,
      attention NVARCHAR(400) '$.attention', version INT '$.version', entryCount INT '$.entryCount', at DATETIME2(3) '$.at', wakeAt DATETIME2(3) '$.wakeAt') AS j
  JOIN refund_saga AS s
    ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.refund_id = j.refundId COLLATE Latin1_General_100_BIN2 AND s.version = j.before;
  IF @@ROWCOUNT <> ${int(moved.length)} THROW 51001, 'refund', 1;`;

const insertEntries = (entries: readonly object[]): Sql => sql`
  INSERT INTO refund_timeline (tenant_id, refund_id, sequence, at, event, step, detail)
  SELECT j.tenantId, j.refundId, j.sequence, j.at, j.event, j.step, j.detail
  FROM OPENJSON(${json(entries)})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId', sequence INT '$.sequence', at DATETIME2(3) '$.at',
      event VARCHAR(30) '$.event', step VARCHAR(60) '$.step', detail NVARCHAR(400) '$.detail') AS j;`;
