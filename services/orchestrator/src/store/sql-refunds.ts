import type { RefundId, TenantId } from '@checkout/kernel';
import type { Load, Store } from '@checkout/messaging';
import { int, json, sql, type Sql } from '@checkout/sql';
import type { RefundNeed, Refunds } from '../application/ports.ts';
import type { RefundChange, RefundRun } from '../domain/refund.ts';
import { RefundRow } from './refund-rows.ts';
import { beginningInJson, beginningOf, insertedColumns, insertedValues, isFirst, isNext, merged, runOf, selectedRun, stateInJson, stateOf, stateSet, type Written } from './saga-row.ts';

/** The refunds of one batch by their keys. */
export class LoadedRefunds implements Refunds {
  readonly #refunds = new Map<string, RefundRun>();

  findRefund(tenantId: TenantId, refundId: RefundId): RefundRun | undefined {
    return this.#refunds.get(keyOf({ tenantId, refundId }));
  }

  put(refund: RefundRun): void {
    this.#refunds.set(keyOf(refund), refund);
  }
}

/**
 * Refunds and their time lines in Azure SQL. There are few of them beside the sales, so each is read anew with every message about it.
 *
 * Texts out of OPENJSON have the database's collation, and a join of those with our binary keys is refused (error 468), so the joins name it.
 */
export class SqlRefunds implements Store<RefundNeed, LoadedRefunds, RefundChange> {
  load(needs: readonly RefundNeed[]): Load<LoadedRefunds> {
    const wanted = new Map(needs.map((need) => [keyOf(need), need]));
    return {
      select: selectRefunds([...wanted.values()]),
      recordsets: wanted.size > 0 ? [RefundRow] : [],
      toRows([rows = []]) {
        const loaded = new LoadedRefunds();
        // The pipeline has parsed each row by the schema above.
        for (const row of rows as readonly RefundRow[]) loaded.put(refundOf(row));
        return loaded;
      },
    };
  }

  apply(loaded: LoadedRefunds, { after }: RefundChange): void {
    loaded.put(after);
  }

  write(changes: readonly RefundChange[]): readonly Sql[] {
    const written = merged(changes, keyOf);
    const begun = written.filter(isFirst);
    const moved = written.filter(isNext);
    const entries = changes.flatMap(({ after: { tenantId, refundId }, entries: happened }) => happened.map((entry) => ({ tenantId, refundId, ...entry })));
    return [
      ...(begun.length > 0 ? [insertRefunds(begun)] : []),
      ...(moved.length > 0 ? [updateRefunds(moved)] : []),
      ...(entries.length > 0 ? [insertEntries(entries)] : []),
    ];
  }
}

const keyOf = ({ tenantId, refundId }: RefundNeed): string => `${tenantId}/${refundId}`;

const refundOf = ({ tenantId, refundId, saleId, storeId, ...row }: RefundRow): RefundRun => ({ tenantId, refundId, saleId, storeId, ...runOf(row) });

const selectRefunds = (needs: readonly RefundNeed[]): Sql => sql`
  SELECT s.tenant_id AS tenantId, s.refund_id AS refundId, s.sale_id AS saleId, s.store_id AS storeId, ${selectedRun}
  FROM OPENJSON(${json(needs.map(({ tenantId, refundId }) => ({ tenantId, refundId })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId') AS j
  JOIN refund_saga AS s
    ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.refund_id = j.refundId COLLATE Latin1_General_100_BIN2;`;

const movedOf = (written: Written<RefundRun>) => {
  const { tenantId, refundId } = written.after;
  return { tenantId, refundId, ...stateOf(written) };
};

const begunOf = (written: Written<RefundRun>) => {
  const { tenantId, refundId, saleId, storeId } = written.after;
  return { tenantId, refundId, saleId, storeId, ...beginningOf(written) };
};

/** Another writer that began the same refund first makes this fail on the primary key, and the batch is decided again. */
const insertRefunds = (begun: readonly Written<RefundRun>[]): Sql => sql`
  INSERT INTO refund_saga (tenant_id, refund_id, sale_id, store_id, ${insertedColumns})
  SELECT j.tenantId, j.refundId, j.saleId, j.storeId, ${insertedValues}
  FROM OPENJSON(${json(begun.map(begunOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId', saleId VARCHAR(36) '$.saleId', storeId VARCHAR(40) '$.storeId',
      ${beginningInJson}) AS j;`;

const updateRefunds = (moved: readonly Written<RefundRun>[]): Sql => sql`
  UPDATE s
  SET ${stateSet}
  FROM OPENJSON(${json(moved.map(movedOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId',
      ${stateInJson}) AS j
  JOIN refund_saga AS s
    ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.refund_id = j.refundId COLLATE Latin1_General_100_BIN2 AND s.version = j.before;
  IF @@ROWCOUNT <> ${int(moved.length)} THROW 51001, 'refund', 1;`;

const insertEntries = (entries: readonly object[]): Sql => sql`
  INSERT INTO refund_timeline (tenant_id, refund_id, sequence, at, event, step, detail)
  SELECT j.tenantId, j.refundId, j.sequence, j.at, j.event, j.step, j.detail
  FROM OPENJSON(${json(entries)})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId', sequence INT '$.sequence', at DATETIME2(3) '$.at',
      event VARCHAR(30) '$.event', step VARCHAR(60) '$.step', detail NVARCHAR(400) '$.detail') AS j;`;
