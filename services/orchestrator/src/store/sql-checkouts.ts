import type { SaleId, TenantId } from '@checkout/kernel';
import { Memory, type Load, type Store } from '@checkout/messaging';
import { int, json, sql, type Sql } from '@checkout/sql';
import type { Checkouts, Need } from '../application/ports.ts';
import type { Change, Checkout } from '../domain/checkout.ts';
import { isOver } from '../domain/run.ts';
import { summaryOf } from '../domain/start-message.ts';
import { CheckoutRow } from './rows.ts';
import { beginningInJson, beginningOf, insertedColumns, insertedValues, isFirst, isNext, merged, runOf, selectedRun, stateInJson, stateOf, stateSet, type Written } from './saga-row.ts';

/** The checkouts of one batch by their keys. */
export class Loaded implements Checkouts {
  readonly #checkouts = new Map<string, Checkout>();

  find(tenantId: TenantId, saleId: SaleId): Checkout | undefined {
    return this.#checkouts.get(keyOf({ tenantId, saleId }));
  }

  put(checkout: Checkout): void {
    this.#checkouts.set(keyOf(checkout), checkout);
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
    const written = merged(changes, keyOf);
    for (const { after } of written) {
      if (isWorthRemembering(after)) this.#memory.put(keyOf(after), after);
      else this.#memory.drop(keyOf(after));
    }
    const begun = written.filter(isFirst);
    const moved = written.filter(isNext);
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

const checkoutOf = ({ tenantId, saleId, storeId, ...row }: CheckoutRow): Checkout => ({ tenantId, saleId, storeId, ...runOf(row) });

const selectCheckouts = (needs: readonly Need[]): Sql => sql`
  SELECT s.tenant_id AS tenantId, s.sale_id AS saleId, s.store_id AS storeId, ${selectedRun}
  FROM OPENJSON(${json(needs.map(({ tenantId, saleId }) => ({ tenantId, saleId })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId') AS j
  JOIN checkout_saga AS s
    ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.sale_id = j.saleId COLLATE Latin1_General_100_BIN2;`;

const movedOf = (written: Written<Checkout>) => {
  const { tenantId, saleId } = written.after;
  return { tenantId, saleId, ...stateOf(written) };
};

const begunOf = (written: Written<Checkout>) => {
  const { tenantId, saleId, storeId, start } = written.after;
  return { tenantId, saleId, storeId, asked: start && summaryOf(start), ...beginningOf(written) };
};

/** Another writer that began the same sale first makes this fail on the primary key, and the batch is decided again. */
const insertCheckouts = (begun: readonly Written<Checkout>[]): Sql => sql`
  INSERT INTO checkout_saga (tenant_id, sale_id, store_id, asked, ${insertedColumns})
  SELECT j.tenantId, j.saleId, j.storeId, j.asked, ${insertedValues}
  FROM OPENJSON(${json(begun.map(begunOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId', storeId VARCHAR(40) '$.storeId', asked NVARCHAR(MAX) '$.asked' AS JSON,
      ${beginningInJson}) AS j;`;

const updateCheckouts = (moved: readonly Written<Checkout>[]): Sql => sql`
  UPDATE s
  SET ${stateSet}
  FROM OPENJSON(${json(moved.map(movedOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId',
      ${stateInJson}) AS j
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
