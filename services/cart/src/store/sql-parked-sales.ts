import { Currency, SaleId, SaleLine, StoreId, TenantId, TillId } from '@checkout/contracts';
import type * as kernel from '@checkout/kernel';
import { datetime2, int, json, jsonColumn, safeIntegerColumn, sql, varchar, type Database, type Sql } from '@checkout/sql';
import { z } from 'zod';
import { keyOf, type Change, type ParkedSales, type Rows } from '../application/ports.ts';
import type { ParkedSale } from '../domain/parked-sale.ts';
import { part, type Part } from './part.ts';
import { sqlTime } from './times.ts';

const ParkedRow = z.object({
  tenantId: TenantId,
  parkedId: SaleId,
  storeId: StoreId,
  number: z.int(),
  name: z.string().nullable(),
  tillId: TillId,
  currency: Currency,
  totalMinor: safeIntegerColumn,
  lines: jsonColumn(z.array(SaleLine)),
  state: z.enum(['waiting', 'taken', 'dropped']),
  parkedAt: z.date(),
  expiresAt: z.date(),
  takenBy: TillId.nullable(),
  takenAs: z.string().nullable(),
  takenAt: z.date().nullable(),
  version: z.int(),
}).transform(({ name, parkedAt, expiresAt, takenBy, takenAs, takenAt, ...row }): ParkedSale => ({
  ...row,
  ...(name !== null && { name }),
  parkedAt: parkedAt.getTime(),
  expiresAt: expiresAt.getTime(),
  ...(takenBy !== null && takenAs !== null && takenAt && { taken: { by: takenBy, as: takenAs, at: takenAt.getTime() } }),
}));

const columns = sql`
  p.tenant_id AS tenantId, p.parked_id AS parkedId, p.store_id AS storeId, p.number, p.name, p.till_id AS tillId, p.currency, p.total_minor AS totalMinor,
  p.lines, p.state, p.parked_at AS parkedAt, p.expires_at AS expiresAt, p.taken_by AS takenBy, p.taken_as AS takenAs, p.taken_at AS takenAt, p.version`;

/** Parked baskets in Azure SQL. Table: `migrations/0003-parked-and-offline.sql`. */
export class SqlParkedSales implements ParkedSales {
  readonly #database: Pick<Database, 'forTenant'>;

  constructor(database: Pick<Database, 'forTenant'>) {
    this.#database = database;
  }

  waiting(tenantId: kernel.TenantId, storeId: kernel.StoreId, at: number): Promise<readonly ParkedSale[]> {
    return this.#database.forTenant(tenantId).query(ParkedRow, sql`
      SELECT ${columns}
      FROM parked_sale AS p
      WHERE p.tenant_id = ${varchar(40, tenantId)}
        AND p.store_id = ${varchar(40, storeId)}
        AND p.state = 'waiting'
        AND p.expires_at > ${datetime2(new Date(at))}
      ORDER BY p.number;`);
  }
}

export const parkedPart = (keys: readonly { readonly tenantId: kernel.TenantId; readonly parkedId: kernel.SaleId }[]): Part =>
  part(ParkedRow, sql`
    SELECT ${columns}
    FROM OPENJSON(${json(keys.map(({ tenantId, parkedId }) => ({ tenantId, parkedId })))})
      WITH (tenantId VARCHAR(40) '$.tenantId', parkedId VARCHAR(36) '$.parkedId') AS j
    JOIN parked_sale AS p ON p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.parked_id = j.parkedId COLLATE Latin1_General_100_BIN2;`, addParked);

export const parkedInStorePart = (keys: readonly { readonly tenantId: kernel.TenantId; readonly storeId: kernel.StoreId }[]): Part =>
  part(ParkedRow, sql`
    SELECT ${columns}
    FROM OPENJSON(${json(keys.map(({ tenantId, storeId }) => ({ tenantId, storeId })))})
      WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId') AS j
    JOIN parked_sale AS p ON p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.store_id = j.storeId COLLATE Latin1_General_100_BIN2 AND p.state = 'waiting';`, addParked);

function addParked(rows: Rows, found: readonly ParkedSale[]): void {
  for (const each of found) rows.parked.set(keyOf(each.tenantId, each.parkedId), each);
}

type Saved = Extract<Change, { kind: 'parked-saved' }>;
type Forgotten = Extract<Change, { kind: 'parked-forgotten' }>;

/** Numbers are given back before they are given out. A number that another instance gave out meanwhile runs into its unique index, and the batch runs again. */
export function writeParked(saved: readonly Saved[], forgotten: readonly Forgotten[]): Sql[] {
  const saves = new Map<string, { readonly before: number; readonly parked: ParkedSale }>();
  for (const { parked } of saved) {
    const key = keyOf(parked.tenantId, parked.parkedId);
    saves.set(key, { before: saves.get(key)?.before ?? parked.version - 1, parked });
  }
  const all = [...saves.values()];
  const changed = all.filter(({ before }) => before > 0);
  const fresh = all.filter(({ before }) => before === 0).map(({ parked }) => parked);
  const stores = [...new Map(forgotten.map((each) => [keyOf(each.tenantId, each.storeId), each])).values()];
  return [
    ...(changed.length > 0 ? [update(changed)] : []),
    ...(fresh.length > 0 ? [insert(fresh)] : []),
    ...(stores.length > 0 ? [forget(stores)] : []),
  ];
}

const insert = (parked: readonly ParkedSale[]): Sql => sql`
  INSERT INTO parked_sale (tenant_id, parked_id, store_id, number, name, till_id, currency, total_minor, lines, state, parked_at, expires_at, taken_by, taken_as, taken_at, version)
  SELECT j.tenantId, j.parkedId, j.storeId, j.number, j.name, j.tillId, j.currency, j.totalMinor, j.lines, j.state, j.parkedAt, j.expiresAt, j.takenBy, j.takenAs, j.takenAt, j.version
  FROM OPENJSON(${json(parked.map(rowOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', parkedId VARCHAR(36) '$.parkedId', storeId VARCHAR(40) '$.storeId', number INT '$.number', name NVARCHAR(40) '$.name',
      tillId VARCHAR(40) '$.tillId', currency VARCHAR(3) '$.currency', totalMinor BIGINT '$.totalMinor', lines NVARCHAR(MAX) '$.lines' AS JSON, state VARCHAR(7) '$.state',
      parkedAt DATETIME2(3) '$.parkedAt', expiresAt DATETIME2(3) '$.expiresAt', takenBy VARCHAR(40) '$.takenBy', takenAs VARCHAR(36) '$.takenAs', takenAt DATETIME2(3) '$.takenAt', version INT '$.version') AS j;`;

/** Only what becomes of it changes: by one writer, whose version it is. */
const update = (saves: readonly { readonly before: number; readonly parked: ParkedSale }[]): Sql => sql`
  UPDATE p
  SET state = j.state, taken_by = j.takenBy, taken_as = j.takenAs, taken_at = j.takenAt, version = j.version
  FROM OPENJSON(${json(saves.map(({ before, parked }) => ({ ...rowOf(parked), before, lines: undefined })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', parkedId VARCHAR(36) '$.parkedId', state VARCHAR(7) '$.state', takenBy VARCHAR(40) '$.takenBy', takenAs VARCHAR(36) '$.takenAs',
      takenAt DATETIME2(3) '$.takenAt', before INT '$.before', version INT '$.version') AS j
  JOIN parked_sale AS p ON p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.parked_id = j.parkedId COLLATE Latin1_General_100_BIN2
  WHERE p.version = j.before;
  IF @@ROWCOUNT <> ${int(saves.length)} THROW 51001, 'parked sale', 1;`;

const forget = (stores: readonly Forgotten[]): Sql => sql`
  DELETE p
  FROM OPENJSON(${json(stores.map(({ tenantId, storeId, before }) => ({ tenantId, storeId, before: sqlTime(before) })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', before DATETIME2(3) '$.before') AS j
  JOIN parked_sale AS p ON p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.store_id = j.storeId COLLATE Latin1_General_100_BIN2
  WHERE p.parked_at < j.before;`;

const rowOf = ({ tenantId, parkedId, storeId, number, name, tillId, currency, totalMinor, lines, state, parkedAt, expiresAt, taken, version }: ParkedSale) => ({
  tenantId, parkedId, storeId, number, name, tillId, currency, totalMinor, lines, state, parkedAt: sqlTime(parkedAt), expiresAt: sqlTime(expiresAt),
  ...(taken && { takenBy: taken.by, takenAs: taken.as, takenAt: sqlTime(taken.at) }), version,
});
