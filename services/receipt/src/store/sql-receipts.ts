import type { Load, Store } from '@checkout/messaging';
import { json, sql, varchar, type Sql } from '@checkout/sql';
import type { Change, Need } from '../application/ports.ts';
import type { Receipt } from '../domain/receipt.ts';
import { saleSeries } from '../domain/receipt-number.ts';
import { Receipts } from '../domain/receipts.ts';
import { insertCounters, updateCounters, type Advance } from './counters.ts';
import { CounterRow, ReceiptRow } from './rows.ts';

/**
 * Receipts, their counters and the journal in Azure SQL.
 *
 * Texts out of OPENJSON have the database's collation, and a comparison of those with our binary keys is refused (error 468), so the joins name it.
 */
export class SqlReceipts implements Store<Need, Receipts, Change> {
  load(needs: readonly Need[], receipts = new Receipts()): Load<Receipts> {
    return {
      select: select(needs),
      recordsets: [ReceiptRow, CounterRow],
      toRows([receiptRows = [], counterRows = []]) {
        // The pipeline has parsed each recordset by its schema.
        for (const row of receiptRows as readonly Receipt[]) receipts.add(row);
        for (const { tenantId, storeId, series, lastNumber } of counterRows as readonly CounterRow[]) receipts.setLastNumber(tenantId, storeId, series, lastNumber);
        return receipts;
      },
    };
  }

  apply(receipts: Receipts, issued: Change): void {
    receipts.issue(issued);
  }

  write(issued: readonly Change[]): readonly Sql[] {
    if (issued.length === 0) return [];
    const counters = advancesOf(issued);
    const first = counters.filter(({ expected }) => expected === 0);
    const later = counters.filter(({ expected }) => expected > 0);
    return [
      ...(first.length > 0 ? [insertCounters(first)] : []),
      ...(later.length > 0 ? [updateCounters(later)] : []),
      insertReceipts(issued),
      insertJournal(issued),
    ];
  }
}

const select = (needs: readonly Need[]): Sql => sql`
  SELECT r.tenant_id AS tenantId, r.store_id AS storeId, r.sale_id AS saleId, r.command_id AS commandId, r.till_id AS tillId,
    r.series, r.number, r.issued_at AS issuedAt, r.document
  FROM OPENJSON(${json(needs.map(({ tenantId, saleId }) => ({ tenantId, saleId })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId') AS j
  JOIN receipt AS r ON r.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND r.sale_id = j.saleId COLLATE Latin1_General_100_BIN2;
  SELECT c.tenant_id AS tenantId, c.store_id AS storeId, c.series, c.last_number AS lastNumber
  FROM OPENJSON(${json(storesOf(needs))})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId') AS j
  JOIN receipt_counter AS c ON c.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND c.store_id = j.storeId COLLATE Latin1_General_100_BIN2 AND c.series = ${varchar(10, saleSeries)};`;

/** Each store once: many sales of a batch are of one store. */
const storesOf = (needs: readonly Need[]) => [...new Map(needs.map(({ tenantId, storeId }) => [`${tenantId}/${storeId}`, { tenantId, storeId }])).values()];

function advancesOf(issued: readonly Receipt[]): Advance[] {
  const advances = new Map<string, Advance>();
  for (const { tenantId, storeId, series, number } of issued) {
    const key = `${tenantId}/${storeId}/${series}`;
    advances.set(key, { tenantId, storeId, series, expected: advances.get(key)?.expected ?? number - 1, next: number });
  }
  return [...advances.values()];
}

const insertReceipts = (issued: readonly Receipt[]): Sql => sql`
  INSERT INTO receipt (tenant_id, sale_id, store_id, series, number, command_id, till_id, issued_at, shift_id, document)
  SELECT j.tenantId, j.saleId, j.storeId, j.series, j.number, j.commandId, j.tillId, j.issuedAt, j.shiftId, j.document
  FROM OPENJSON(${json(issued)})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId', storeId VARCHAR(40) '$.storeId', series VARCHAR(10) '$.series', number INT '$.number',
      commandId VARCHAR(36) '$.commandId', tillId VARCHAR(40) '$.tillId', issuedAt DATETIME2(3) '$.issuedAt', shiftId VARCHAR(64) '$.document.shiftId',
      document NVARCHAR(MAX) '$.document' AS JSON) AS j;`;

const insertJournal = (issued: readonly Receipt[]): Sql => sql`
  INSERT INTO sale_journal (tenant_id, store_id, issued_at, series, number, kind, currency, net_minor, tax_minor, gross_minor)
  SELECT j.tenantId, j.storeId, j.issuedAt, j.series, j.number, 'sale', j.currency, j.netMinor, j.taxMinor, j.grossMinor
  FROM OPENJSON(${json(issued.map(journalRow))})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', issuedAt DATETIME2(3) '$.issuedAt', series VARCHAR(10) '$.series', number INT '$.number',
      currency VARCHAR(3) '$.currency', netMinor BIGINT '$.netMinor', taxMinor BIGINT '$.taxMinor', grossMinor BIGINT '$.grossMinor') AS j;`;

const journalRow = ({ tenantId, storeId, issuedAt, series, number, document: { currency, netMinor, taxMinor, grossMinor } }: Receipt) =>
  ({ tenantId, storeId, issuedAt, series, number, currency, netMinor, taxMinor, grossMinor });
