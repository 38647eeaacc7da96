import * as shapes from '@checkout/contracts';
import type { Sku, StoreId, TenantId } from '@checkout/kernel';
import { datetime2, int, json, safeIntegerColumn, sql, varchar, type Database } from '@checkout/sql';
import { z } from 'zod';
import type { Difference, DueReservations, LevelOf, StockReader } from '../application/ports.ts';
import type { OfSale } from '../domain/reservation.ts';

const Level = z.object({ sku: shapes.Sku, onHand: z.int(), reserved: z.int() });
const DifferenceRow = z.object({ sku: shapes.Sku, onHand: safeIntegerColumn, ledger: safeIntegerColumn, reserved: safeIntegerColumn, held: safeIntegerColumn });
const DueRow = z.object({ tenantId: shapes.TenantId, storeId: shapes.StoreId, saleId: shapes.SaleId });

/** What is read beside the hot path: levels for the back office, what is due for the sweeper, the check for operators. */
export class SqlStockReader implements StockReader, DueReservations {
  readonly #database: Pick<Database, 'forTenant' | 'forEveryTenant'>;

  constructor(database: Pick<Database, 'forTenant' | 'forEveryTenant'>) {
    this.#database = database;
  }

  levels(tenantId: TenantId, storeId: StoreId, skus: readonly Sku[]): Promise<readonly LevelOf[]> {
    return this.#database.forTenant(tenantId).query(Level, sql`
      SELECT l.sku, l.on_hand AS onHand, l.reserved
      FROM stock_level AS l
      WHERE l.tenant_id = ${varchar(40, tenantId)}
        AND l.store_id = ${varchar(40, storeId)}
        AND l.sku IN (SELECT j.sku COLLATE Latin1_General_100_BIN2 FROM OPENJSON(${json(skus)}) WITH (sku VARCHAR(40) '$') AS j);`);
  }

  page(tenantId: TenantId, storeId: StoreId, after: string, limit: number): Promise<readonly LevelOf[]> {
    return this.#database.forTenant(tenantId).query(Level, sql`
      SELECT TOP (${int(limit)}) l.sku, l.on_hand AS onHand, l.reserved
      FROM stock_level AS l
      WHERE l.tenant_id = ${varchar(40, tenantId)}
        AND l.store_id = ${varchar(40, storeId)}
        AND l.sku > ${varchar(40, after)}
      ORDER BY l.sku;`);
  }

  /** Adds up what the levels say and what they should say, article by article, and shows where the two differ. */
  differences(tenantId: TenantId, storeId: StoreId): Promise<readonly Difference[]> {
    return this.#database.forTenant(tenantId).query(DifferenceRow, sql`
      SELECT f.sku, SUM(f.onHand) AS onHand, SUM(f.ledger) AS ledger, SUM(f.reserved) AS reserved, SUM(f.held) AS held
      FROM (
        SELECT l.sku, CAST(l.on_hand AS BIGINT) AS onHand, CAST(0 AS BIGINT) AS ledger, CAST(l.reserved AS BIGINT) AS reserved, CAST(0 AS BIGINT) AS held
        FROM stock_level AS l
        WHERE l.tenant_id = ${varchar(40, tenantId)} AND l.store_id = ${varchar(40, storeId)}
        UNION ALL
        SELECT e.sku, CAST(0 AS BIGINT) AS onHand, CAST(e.quantity AS BIGINT) AS ledger, CAST(0 AS BIGINT) AS reserved, CAST(0 AS BIGINT) AS held
        FROM stock_ledger AS e
        WHERE e.tenant_id = ${varchar(40, tenantId)} AND e.store_id = ${varchar(40, storeId)}
        UNION ALL
        SELECT j.sku COLLATE Latin1_General_100_BIN2 AS sku, CAST(0 AS BIGINT) AS onHand, CAST(0 AS BIGINT) AS ledger, CAST(0 AS BIGINT) AS reserved, CAST(j.quantity AS BIGINT) AS held
        FROM reservation AS r
        CROSS APPLY OPENJSON(r.lines) WITH (sku VARCHAR(40) '$.sku', quantity INT '$.quantity') AS j
        WHERE r.tenant_id = ${varchar(40, tenantId)} AND r.store_id = ${varchar(40, storeId)} AND r.state = 'held'
      ) AS f
      GROUP BY f.sku
      HAVING SUM(f.onHand) <> SUM(f.ledger) OR SUM(f.reserved) <> SUM(f.held)
      ORDER BY f.sku;`);
  }

  /** For all tenants, because time is up for all alike; each is then handled under its own. */
  due(now: Date, limit: number): Promise<readonly OfSale[]> {
    return this.#database.forEveryTenant().query(DueRow, sql`
      SELECT TOP (${int(limit)}) r.tenant_id AS tenantId, r.store_id AS storeId, r.sale_id AS saleId
      FROM reservation AS r
      WHERE r.state = 'held' AND r.expires_at <= ${datetime2(now)}
      ORDER BY r.expires_at;`);
  }
}
