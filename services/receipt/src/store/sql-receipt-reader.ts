import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import { datetime2, int, safeIntegerColumn, sql, varchar, type Database } from '@checkout/sql';
import { z } from 'zod';
import type { DayTotals, ReceiptReader, SeriesCount } from '../application/ports.ts';
import type { Receipt } from '../domain/receipt.ts';
import { ReceiptRow } from './rows.ts';

const DayRow = z.object({ day: z.int(), currency: z.string(), sales: z.int(), netMinor: safeIntegerColumn, taxMinor: safeIntegerColumn, grossMinor: safeIntegerColumn, refunds: z.int(), refundedNetMinor: safeIntegerColumn, refundedTaxMinor: safeIntegerColumn, refundedGrossMinor: safeIntegerColumn });
const none = z.int().nullable().transform((value) => value ?? 0);
const SeriesRow = z.object({ series: z.string(), lastNumber: none, receipts: z.int(), numbers: z.int(), sales: z.int(), lowest: none, highest: none, journalled: z.int() });

/** Receipts, takings and the check of numbers, as they are read beside the hot path. */
export class SqlReceiptReader implements ReceiptReader {
  readonly #database: Pick<Database, 'forTenant'>;

  constructor(database: Pick<Database, 'forTenant'>) {
    this.#database = database;
  }

  async bySale(tenantId: TenantId, saleId: SaleId): Promise<Receipt | undefined> {
    const [receipt] = await this.#database.forTenant(tenantId).query(ReceiptRow, sql`
      SELECT r.tenant_id AS tenantId, r.store_id AS storeId, r.sale_id AS saleId, r.command_id AS commandId, r.till_id AS tillId,
        r.series, r.number, r.issued_at AS issuedAt, r.document
      FROM receipt AS r
      WHERE r.tenant_id = ${varchar(40, tenantId)} AND r.sale_id = ${varchar(36, saleId)};`);
    return receipt;
  }

  async byNumber(tenantId: TenantId, storeId: StoreId, series: string, number: number): Promise<Receipt | undefined> {
    const [receipt] = await this.#database.forTenant(tenantId).query(ReceiptRow, sql`
      SELECT r.tenant_id AS tenantId, r.store_id AS storeId, r.sale_id AS saleId, r.command_id AS commandId, r.till_id AS tillId,
        r.series, r.number, r.issued_at AS issuedAt, r.document
      FROM receipt AS r
      WHERE r.tenant_id = ${varchar(40, tenantId)}
        AND r.store_id = ${varchar(40, storeId)}
        AND r.series = ${varchar(10, series)}
        AND r.number = ${int(number)};`);
    return receipt;
  }

  totals(tenantId: TenantId, storeId: StoreId, from: Date, until: Date): Promise<readonly DayTotals[]> {
    return this.#database.forTenant(tenantId).query(DayRow, sql`
      SELECT DATEDIFF(day, '1970-01-01', j.issued_at) AS day, j.currency, SUM(CASE WHEN j.kind = 'sale' THEN 1 ELSE 0 END) AS sales,
        SUM(CASE WHEN j.kind = 'sale' THEN j.net_minor ELSE 0 END) AS netMinor, SUM(CASE WHEN j.kind = 'sale' THEN j.tax_minor ELSE 0 END) AS taxMinor,
        SUM(CASE WHEN j.kind = 'sale' THEN j.gross_minor ELSE 0 END) AS grossMinor,
        SUM(CASE WHEN j.kind = 'refund' THEN 1 ELSE 0 END) AS refunds, SUM(CASE WHEN j.kind = 'refund' THEN j.net_minor ELSE 0 END) AS refundedNetMinor,
        SUM(CASE WHEN j.kind = 'refund' THEN j.tax_minor ELSE 0 END) AS refundedTaxMinor, SUM(CASE WHEN j.kind = 'refund' THEN j.gross_minor ELSE 0 END) AS refundedGrossMinor
      FROM sale_journal AS j
      WHERE j.tenant_id = ${varchar(40, tenantId)}
        AND j.store_id = ${varchar(40, storeId)}
        AND j.issued_at >= ${datetime2(from)}
        AND j.issued_at < ${datetime2(until)}
      GROUP BY DATEDIFF(day, '1970-01-01', j.issued_at), j.currency
      ORDER BY day, j.currency;`);
  }

  /** Counts what each table says of a series, so that numbers, sales and journal can be held against each other. */
  series(tenantId: TenantId, storeId: StoreId): Promise<readonly SeriesCount[]> {
    return this.#database.forTenant(tenantId).query(SeriesRow, sql`
      SELECT f.series, MAX(f.lastNumber) AS lastNumber, COUNT(f.number) AS receipts, COUNT(DISTINCT f.number) AS numbers, COUNT(DISTINCT f.saleId) AS sales,
        MIN(f.number) AS lowest, MAX(f.number) AS highest, COUNT(f.journalled) AS journalled
      FROM (
        SELECT c.series, c.last_number AS lastNumber, CAST(NULL AS INT) AS number, CAST(NULL AS VARCHAR(36)) AS saleId, CAST(NULL AS INT) AS journalled
        FROM receipt_counter AS c
        WHERE c.tenant_id = ${varchar(40, tenantId)} AND c.store_id = ${varchar(40, storeId)}
        UNION ALL
        SELECT r.series, CAST(NULL AS INT) AS lastNumber, r.number, r.sale_id AS saleId, CAST(NULL AS INT) AS journalled
        FROM receipt AS r
        WHERE r.tenant_id = ${varchar(40, tenantId)} AND r.store_id = ${varchar(40, storeId)}
        UNION ALL
        SELECT n.credit_series AS series, CAST(NULL AS INT) AS lastNumber, n.credit_number AS number, n.refund_id AS saleId, CAST(NULL AS INT) AS journalled
        FROM refund AS n
        WHERE n.tenant_id = ${varchar(40, tenantId)} AND n.store_id = ${varchar(40, storeId)} AND n.credit_number IS NOT NULL
        UNION ALL
        SELECT j.series, CAST(NULL AS INT) AS lastNumber, CAST(NULL AS INT) AS number, CAST(NULL AS VARCHAR(36)) AS saleId, j.number AS journalled
        FROM sale_journal AS j
        WHERE j.tenant_id = ${varchar(40, tenantId)} AND j.store_id = ${varchar(40, storeId)}
      ) AS f
      GROUP BY f.series
      ORDER BY f.series;`);
  }
}
