import type { Load, Store } from '@checkout/messaging';
import { int, json, sql, varchar, type Sql } from '@checkout/sql';
import { RefundBooks, type RefundChange, type RefundNeed } from '../application/refund-ports.ts';
import { totalsOf, type Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/receipt.ts';
import { creditSeries } from '../domain/receipt-number.ts';
import { insertCounters, updateCounters, type Advance } from './counters.ts';
import { HeadRow, refundColumns, RefundRow } from './refund-rows.ts';
import { CounterRow, ReceiptRow } from './rows.ts';

/**
 * Refunds, their credit notes and what they hold of sales, in Azure SQL.
 *
 * Texts out of OPENJSON have the database's collation, and a comparison of those with our binary keys is refused (error 468), so the joins name it.
 */
export class SqlRefunds implements Store<RefundNeed, RefundBooks, RefundChange> {
  load(needs: readonly RefundNeed[], books = new RefundBooks()): Load<RefundBooks> {
    return {
      select: select(needs),
      recordsets: needs.length > 0 ? [ReceiptRow, HeadRow, RefundRow, RefundRow, CounterRow] : [],
      toRows([receipts = [], heads = [], ofSales = [], named = [], counters = []]) {
        // The pipeline has parsed each recordset by its schema.
        for (const receipt of receipts as readonly Receipt[]) books.add(receipt);
        for (const refund of [...(ofSales as readonly Refund[]), ...(named as readonly Refund[])]) books.setRefund(refund);
        for (const { tenantId, saleId, version } of heads as readonly HeadRow[]) books.setVersion(tenantId, saleId, version);
        for (const { tenantId, storeId, series, lastNumber } of counters as readonly CounterRow[]) books.setLastNumber(tenantId, storeId, series, lastNumber);
        return books;
      },
    };
  }

  apply(books: RefundBooks, change: RefundChange): void {
    books.apply(change);
  }

  write(changes: readonly RefundChange[]): readonly Sql[] {
    if (changes.length === 0) return [];
    const heads = headsOf(changes);
    const newHeads = heads.filter(({ before }) => before === 0);
    const movedHeads = heads.filter(({ before }) => before > 0);
    const refunds = lastOf(changes);
    const added = refunds.filter(({ isNew }) => isNew).map(({ refund }) => rowOf(refund));
    const changed = refunds.filter(({ isNew }) => !isNew).map(({ refund }) => rowOf(refund));
    const notes = changes.filter(({ isNoted }) => isNoted).map(({ refund }) => refund);
    const counters = advancesOf(notes);
    const first = counters.filter(({ expected }) => expected === 0);
    const later = counters.filter(({ expected }) => expected > 0);
    return [
      ...(newHeads.length > 0 ? [insertHeads(newHeads)] : []),
      ...(movedHeads.length > 0 ? [updateHeads(movedHeads)] : []),
      ...(added.length > 0 ? [insertRefunds(added)] : []),
      ...(changed.length > 0 ? [updateRefunds(changed)] : []),
      ...(first.length > 0 ? [insertCounters(first)] : []),
      ...(later.length > 0 ? [updateCounters(later)] : []),
      ...(notes.length > 0 ? [insertJournal(notes)] : []),
    ];
  }
}

const select = (needs: readonly RefundNeed[]): Sql => {
  const wanted = json(needs.map(({ tenantId, storeId, saleId, refundId }) => ({ t: tenantId, store: storeId, s: saleId, r: refundId })));
  return sql`
  SELECT DISTINCT r.tenant_id AS tenantId, r.store_id AS storeId, r.sale_id AS saleId, r.command_id AS commandId, r.till_id AS tillId,
    r.series, r.number, r.issued_at AS issuedAt, r.document
  FROM OPENJSON(${wanted}) WITH (tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s') AS j
  JOIN receipt AS r ON r.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND r.sale_id = j.saleId COLLATE Latin1_General_100_BIN2;
  SELECT h.tenant_id AS tenantId, h.sale_id AS saleId, h.version
  FROM OPENJSON(${wanted}) WITH (tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s') AS j
  JOIN refund_head AS h ON h.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND h.sale_id = j.saleId COLLATE Latin1_General_100_BIN2;
  SELECT ${refundColumns}
  FROM OPENJSON(${wanted}) WITH (tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s') AS j
  JOIN refund AS f ON f.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND f.sale_id = j.saleId COLLATE Latin1_General_100_BIN2
  ORDER BY f.accepted_at, f.refund_id;
  SELECT ${refundColumns}
  FROM OPENJSON(${wanted}) WITH (tenantId VARCHAR(40) '$.t', refundId VARCHAR(36) '$.r') AS j
  JOIN refund AS f ON f.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND f.refund_id = j.refundId COLLATE Latin1_General_100_BIN2;
  SELECT c.tenant_id AS tenantId, c.store_id AS storeId, c.series, c.last_number AS lastNumber
  FROM OPENJSON(${wanted}) WITH (tenantId VARCHAR(40) '$.t', storeId VARCHAR(40) '$.store') AS j
  JOIN receipt_counter AS c ON c.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND c.store_id = j.storeId COLLATE Latin1_General_100_BIN2 AND c.series = ${varchar(10, creditSeries)};`;
};

/** How a batch moves the refunds of one sale: from the version that it was decided on. */
interface Head {
  readonly tenantId: string;
  readonly saleId: string;
  readonly before: number;
  readonly version: number;
}

function headsOf(changes: readonly RefundChange[]): Head[] {
  const heads = new Map<string, Head>();
  for (const { refund: { tenantId, saleId }, before } of changes) {
    const key = `${tenantId}/${saleId}`;
    heads.set(key, { tenantId, saleId, before: heads.get(key)?.before ?? before, version: before + 1 });
  }
  return [...heads.values()];
}

/** Each refund once, as the batch leaves it. */
function lastOf(changes: readonly RefundChange[]): RefundChange[] {
  const last = new Map<string, RefundChange>();
  for (const change of changes) {
    const key = `${change.refund.tenantId}/${change.refund.refundId}`;
    last.set(key, { ...change, isNew: change.isNew || (last.get(key)?.isNew ?? false) });
  }
  return [...last.values()];
}

function advancesOf(notes: readonly Refund[]): Advance[] {
  const advances = new Map<string, Advance>();
  for (const { tenantId, storeId, creditNote } of notes) {
    if (!creditNote) continue;
    const key = `${tenantId}/${storeId}`;
    advances.set(key, { tenantId, storeId, series: creditNote.series, expected: advances.get(key)?.expected ?? creditNote.number - 1, next: creditNote.number });
  }
  return [...advances.values()];
}

const rowOf = ({ tenantId, refundId, saleId, storeId, commandId, tillId, bodyHash, receiptNumber, totalMinor, state, document, because, creditNote, acceptedAt, endedAt }: Refund) => ({
  tenantId, refundId, saleId, storeId, commandId, tillId, bodyHash, receiptNumber, totalMinor, state, document, because,
  series: creditNote?.series, number: creditNote?.number, issuedAt: creditNote?.issuedAt,
  acceptedAt: new Date(acceptedAt).toISOString(), endedAt: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
});

/** The first refund of a sale. Another writer that was faster makes this fail on the primary key, and the batch is decided again. */
const insertHeads = (heads: readonly Head[]): Sql => sql`
  INSERT INTO refund_head (tenant_id, sale_id, version)
  SELECT j.tenantId, j.saleId, j.version
  FROM OPENJSON(${json(heads)}) WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId', version INT '$.version') AS j;`;

const updateHeads = (heads: readonly Head[]): Sql => sql`
  UPDATE h
  SET version = j.version
  FROM OPENJSON(${json(heads)}) WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId', before INT '$.before', version INT '$.version') AS j
  JOIN refund_head AS h ON h.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND h.sale_id = j.saleId COLLATE Latin1_General_100_BIN2 AND h.version = j.before;
  IF @@ROWCOUNT <> ${int(heads.length)} THROW 51001, 'refunds of a sale', 1;`;

const insertRefunds = (rows: readonly object[]): Sql => sql`
  INSERT INTO refund (tenant_id, refund_id, sale_id, store_id, command_id, till_id, body_hash, receipt_number, total_minor, state, document, because,
    credit_series, credit_number, issued_at, accepted_at, ended_at, shift_id)
  SELECT j.tenantId, j.refundId, j.saleId, j.storeId, j.commandId, j.tillId, j.bodyHash, j.receiptNumber, j.totalMinor, j.state, j.document, j.because,
    j.series, j.number, j.issuedAt, j.acceptedAt, j.endedAt, j.shiftId
  FROM OPENJSON(${json(rows)})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId', saleId VARCHAR(36) '$.saleId', storeId VARCHAR(40) '$.storeId', commandId VARCHAR(36) '$.commandId',
      tillId VARCHAR(40) '$.tillId', bodyHash VARCHAR(43) '$.bodyHash', receiptNumber VARCHAR(40) '$.receiptNumber', totalMinor BIGINT '$.totalMinor', state VARCHAR(10) '$.state',
      document NVARCHAR(MAX) '$.document' AS JSON, because NVARCHAR(MAX) '$.because' AS JSON, series VARCHAR(10) '$.series', number INT '$.number', issuedAt DATETIME2(3) '$.issuedAt',
      acceptedAt DATETIME2(3) '$.acceptedAt', endedAt DATETIME2(3) '$.endedAt', shiftId VARCHAR(64) '$.document.shiftId') AS j;`;

const updateRefunds = (rows: readonly object[]): Sql => sql`
  UPDATE f
  SET state = j.state, document = j.document, because = j.because, credit_series = j.series, credit_number = j.number, issued_at = j.issuedAt, ended_at = j.endedAt
  FROM OPENJSON(${json(rows)})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId', state VARCHAR(10) '$.state', document NVARCHAR(MAX) '$.document' AS JSON, because NVARCHAR(MAX) '$.because' AS JSON,
      series VARCHAR(10) '$.series', number INT '$.number', issuedAt DATETIME2(3) '$.issuedAt', endedAt DATETIME2(3) '$.endedAt') AS j
  JOIN refund AS f ON f.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND f.refund_id = j.refundId COLLATE Latin1_General_100_BIN2;
  IF @@ROWCOUNT <> ${int(rows.length)} THROW 51001, 'refund', 1;`;

const insertJournal = (notes: readonly Refund[]): Sql => sql`
  INSERT INTO sale_journal (tenant_id, store_id, issued_at, series, number, kind, currency, net_minor, tax_minor, gross_minor)
  SELECT j.tenantId, j.storeId, j.issuedAt, j.series, j.number, 'refund', j.currency, j.netMinor, j.taxMinor, j.grossMinor
  FROM OPENJSON(${json(notes.map(journalRow))})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', issuedAt DATETIME2(3) '$.issuedAt', series VARCHAR(10) '$.series', number INT '$.number',
      currency VARCHAR(3) '$.currency', netMinor BIGINT '$.netMinor', taxMinor BIGINT '$.taxMinor', grossMinor BIGINT '$.grossMinor') AS j;`;

function journalRow({ tenantId, storeId, creditNote, document }: Refund) {
  const { netMinor, taxMinor, grossMinor } = totalsOf(document);
  return { tenantId, storeId, ...creditNote, currency: document.currency, netMinor, taxMinor, grossMinor };
}
