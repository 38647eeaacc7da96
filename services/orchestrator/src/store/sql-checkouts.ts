import type { SaleId, TenantId } from '@checkout/kernel';
import { Memory, type Load, type Store } from '@checkout/messaging';
import { int, json, sql, type Sql } from '@checkout/sql';
import type { Checkouts, Need } from '../application/ports.ts';
import type { Change, Checkout } from '../domain/checkout.ts';
import { isOver } from '../domain/run.ts';
import { summaryOf } from '../domain/start-message.ts';
import { CheckoutRow } from './rows.ts';

/** The checkouts of one batch by their keys. */
export class Loaded implements Checkouts {
  readonly #checkouts = new Map<string, Checkout>();

  find(tenantId: TenantId, saleId: SaleId): Checkout | undefined {
    return this.#checkouts.get(`${tenantId}/${saleId}`);
  }

  put(checkout: Checkout): void {
    this.#checkouts.set(`${checkout.tenantId}/${checkout.saleId}`, checkout);
  }
}

/** Sales under way at once in one process, with room to spare; about 3 KB each, and none above 30. */
const capacity = 5_000;
/** Most lines of a sale that is remembered. Larger ones are rare, and five thousand of them would take more memory than a process has. */
const mostLines = 100;
const isWorthRemembering = ({ instance, start }: Checkout): boolean => !isOver(instance) && (start?.lines.length ?? 0) <= mostLines;

/**
 * Checkouts and their time lines in Azure SQL: one SELECT for a batch, one statement for each kind of write.
 *
 * A sale under way is remembered as it was last written here, so that the replies to it need not read it again: its partition brings
 * them to this process, and should another instance or a timer have written meanwhile, the version finds out.
 *
 * Texts out of OPENJSON have the database's collation, and a join of those with our binary keys is refused (error 468), so the joins name it.
 */
export class SqlCheckouts implements Store<Need, Loaded, Change> {
  readonly #memory = new Memory<Checkout>(capacity);

  load(needs: readonly Need[]): Load<Loaded> {
    const wanted = new Map<string, Need>();
    const loaded = new Loaded();
    let isFromMemory = false;
    for (const need of needs) {
      const known = this.#memory.get(keyOf(need));
      if (known) loaded.put(known);
      else wanted.set(keyOf(need), need);
      isFromMemory ||= known !== undefined;
    }
    return {
      select: selectCheckouts([...wanted.values()]),
      recordsets: wanted.size > 0 ? [CheckoutRow] : [],
      isFromMemory,
      toRows: ([rows = []]) => {
        // The pipeline has parsed each row by the schema above.
        for (const row of rows as readonly CheckoutRow[]) loaded.put(checkoutOf(row));
        return loaded;
      },
    };
  }

  apply(loaded: Loaded, { after }: Change): void {
    loaded.put(after);
  }

  write(changes: readonly Change[]): readonly Sql[] {
    const transitions = [...merged(changes).values()];
    for (const { after } of transitions) {
      if (isWorthRemembering(after)) this.#memory.put(keyOf(after), after);
      else this.#memory.drop(keyOf(after));
    }
    const begun = transitions.filter(({ before }) => before === undefined);
    const moved = transitions.filter(({ before }) => before !== undefined);
    const entries = changes.flatMap(entryRows);
    return [
      ...(begun.length > 0 ? [insertCheckouts(begun)] : []),
      ...(moved.length > 0 ? [updateCheckouts(moved)] : []),
      ...(entries.length > 0 ? [insertEntries(entries)] : []),
    ];
  }

  forgetAll(): void {
    this.#memory.forgetAll();
  }
}

const keyOf = ({ tenantId, saleId }: Need): string => `${tenantId}/${saleId}`;

function checkoutOf({ tenantId, saleId, storeId, bodyHash, data, phase, awaiting, attempts, unheard, results, because, needsAttention, sagaVersion, version, entryCount, traceparent, wakeAt }: CheckoutRow): Checkout {
  const instance = { phase, awaiting, attempts, results, ...(unheard > 0 && { unheard }), ...(because && { because }), ...(needsAttention !== null && { needsAttention }) };
  return {
    tenantId, storeId, saleId, bodyHash, sagaVersion, instance, version, entryCount,
    ...(data && { start: data }), ...(traceparent !== null && { traceparent }), ...(wakeAt && { wakeAt: wakeAt.getTime() }),
  };
}

/** A checkout as the batch leaves it, and the version that the table must have before: several replies to one sale are one write. */
interface Transition {
  readonly before: number | undefined;
  readonly after: Checkout;
  readonly at: number;
}

function merged(changes: readonly Change[]): Map<string, Transition> {
  const transitions = new Map<string, Transition>();
  for (const { before, after, at } of changes) {
    const key = `${after.tenantId}/${after.saleId}`;
    const earlier = transitions.get(key);
    transitions.set(key, { before: earlier ? earlier.before : before?.version, after, at });
  }
  return transitions;
}

const selectCheckouts = (needs: readonly Need[]): Sql => sql`
  SELECT s.tenant_id AS tenantId, s.sale_id AS saleId, s.store_id AS storeId, s.body_hash AS bodyHash, s.data,
    s.phase, s.awaiting, s.attempts, s.unheard, s.results, s.because, s.needs_attention AS needsAttention, s.saga_version AS sagaVersion, s.version, s.entry_count AS entryCount,
    s.traceparent, s.wake_at AS wakeAt
  FROM OPENJSON(${json(needs.map(({ tenantId, saleId }) => ({ tenantId, saleId })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId') AS j
  JOIN checkout_saga AS s
    ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.sale_id = j.saleId COLLATE Latin1_General_100_BIN2;`;

const timeOf = (ms: number): string => new Date(ms).toISOString();

const stateOf = ({ before, at, after: { tenantId, saleId, instance, version, entryCount, wakeAt } }: Transition) => ({
  tenantId, saleId, before, version, entryCount,
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

const beginningOf = (transition: Transition) => {
  const { storeId, bodyHash, sagaVersion, start, traceparent } = transition.after;
  return { ...stateOf(transition), storeId, bodyHash, sagaVersion, data: start, asked: start && summaryOf(start), traceparent };
};

/** Another writer that began the same sale first makes this fail on the primary key, and the batch is decided again. */
const insertCheckouts = (begun: readonly Transition[]): Sql => sql`
  INSERT INTO checkout_saga (tenant_id, sale_id, store_id, body_hash, data, asked, phase, awaiting, attempts, unheard, results, because, needs_attention,
    saga_version, version, entry_count, traceparent, started_at, updated_at, wake_at)
  SELECT j.tenantId, j.saleId, j.storeId, j.bodyHash, j.data, j.asked, j.phase, j.awaiting, j.attempts, j.unheard, j.results, j.because, j.attention,
    j.sagaVersion, j.version, j.entryCount, j.traceparent, j.at, j.at, j.wakeAt
  FROM OPENJSON(${json(begun.map(beginningOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId', storeId VARCHAR(40) '$.storeId', bodyHash VARCHAR(64) '$.bodyHash',
      data NVARCHAR(MAX) '$.data' AS JSON, asked NVARCHAR(MAX) '$.asked' AS JSON, phase VARCHAR(10) '$.phase', awaiting VARCHAR(100) '$.awaiting', attempts INT '$.attempts', unheard INT '$.unheard',
      results NVARCHAR(MAX) '$.results' AS JSON, because NVARCHAR(MAX) '$.because' AS JSON, attention NVARCHAR(400) '$.attention',
      sagaVersion INT '$.sagaVersion', version INT '$.version', entryCount INT '$.entryCount', traceparent VARCHAR(60) '$.traceparent', at DATETIME2(3) '$.at', wakeAt DATETIME2(3) '$.wakeAt') AS j;`;

const updateCheckouts = (moved: readonly Transition[]): Sql => sql`
  UPDATE s
  SET phase = j.phase, awaiting = j.awaiting, attempts = j.attempts, unheard = j.unheard, results = j.results, because = j.because, needs_attention = j.attention,
    version = j.version, entry_count = j.entryCount, updated_at = j.at, wake_at = j.wakeAt,
    data = CASE WHEN j.phase IN ('completed', 'cancelled') THEN NULL ELSE s.data END
  FROM OPENJSON(${json(moved.map(stateOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId', before INT '$.before', phase VARCHAR(10) '$.phase',
      awaiting VARCHAR(100) '$.awaiting', attempts INT '$.attempts', unheard INT '$.unheard', results NVARCHAR(MAX) '$.results' AS JSON, because NVARCHAR(MAX) '$.because' AS JSON,
      attention NVARCHAR(400) '$.attention', version INT '$.version', entryCount INT '$.entryCount', at DATETIME2(3) '$.at', wakeAt DATETIME2(3) '$.wakeAt') AS j
  JOIN checkout_saga AS s
    ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.sale_id = j.saleId COLLATE Latin1_General_100_BIN2 AND s.version = j.before;
  IF @@ROWCOUNT <> ${int(moved.length)} THROW 51001, 'checkout', 1;`;

const entryRows = ({ after: { tenantId, saleId }, entries }: Change) => entries.map((entry) => ({ tenantId, saleId, ...entry }));

const insertEntries = (entries: readonly object[]): Sql => sql`
  INSERT INTO timeline (tenant_id, sale_id, sequence, at, event, step, detail)
  SELECT j.tenantId, j.saleId, j.sequence, j.at, j.event, j.step, j.detail
  FROM OPENJSON(${json(entries)})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId', sequence INT '$.sequence', at DATETIME2(3) '$.at',
      event VARCHAR(30) '$.event', step VARCHAR(60) '$.step', detail NVARCHAR(400) '$.detail') AS j;`;
