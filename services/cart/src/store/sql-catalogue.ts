import { Barcode, Currency, Sku, StoreId, TaxMode, TaxRateBp, TenantId, type http } from '@checkout/contracts';
import type * as kernel from '@checkout/kernel';
import { int, json, safeIntegerColumn, sql, varchar, type Database, type Sql } from '@checkout/sql';
import { z } from 'zod';
import { keyOf, type Change, type Products, type Rows } from '../application/ports.ts';
import type { CatalogueReader } from './catalogue-snapshots.ts';
import { part, type Part } from './part.ts';
import type { RecentCatalogue } from './recent-catalogue.ts';
import { sqlTime } from './times.ts';

const StoreRow = z.object({ tenantId: TenantId, storeId: StoreId, name: z.string(), currency: Currency, taxMode: TaxMode });

const ProductRow = z.object({
  tenantId: TenantId,
  sku: Sku,
  barcode: Barcode.nullable(),
  description: z.string(),
  unitPriceMinor: safeIntegerColumn,
  taxRateBp: TaxRateBp,
}).transform(({ tenantId, barcode, ...product }) => ({ tenantId, product: { ...product, ...(barcode !== null && { barcode }) } satisfies http.Product }));

type FoundProduct = z.output<typeof ProductRow>;

const productColumns = sql`
  p.tenant_id AS tenantId, p.sku, p.barcode, p.description, p.unit_price_minor AS unitPriceMinor, p.tax_rate_bp AS taxRateBp`;

/** Products as the back office and tills look them up. Tables: `migrations/0001-cart.sql`. */
export class SqlProducts implements Products {
  readonly #database: Pick<Database, 'forTenant'>;

  constructor(database: Pick<Database, 'forTenant'>) {
    this.#database = database;
  }

  async find(tenantId: kernel.TenantId, sku: kernel.Sku): Promise<http.Product | undefined> {
    const [found] = await this.#database.forTenant(tenantId).query(ProductRow, sql`
      SELECT ${productColumns}
      FROM product AS p
      WHERE p.tenant_id = ${varchar(40, tenantId)} AND p.sku = ${varchar(40, sku)};`);
    return found?.product;
  }

  async withBarcode(tenantId: kernel.TenantId, barcode: string): Promise<readonly http.Product[]> {
    const found = await this.#database.forTenant(tenantId).query(ProductRow, sql`
      SELECT ${productColumns}
      FROM product AS p
      WHERE p.tenant_id = ${varchar(40, tenantId)} AND p.barcode = ${varchar(14, barcode)} AND p.barcode IS NOT NULL;`);
    return found.map(({ product }) => product);
  }

  async page(tenantId: kernel.TenantId, storeId: kernel.StoreId, after: kernel.Sku | undefined): Promise<http.CataloguePage | undefined> {
    const database = this.#database.forTenant(tenantId);
    const [[store], found] = await Promise.all([
      database.query(StoreRow, sql`
        SELECT s.tenant_id AS tenantId, s.store_id AS storeId, s.name, s.currency, s.tax_mode AS taxMode
        FROM store AS s
        WHERE s.tenant_id = ${varchar(40, tenantId)} AND s.store_id = ${varchar(40, storeId)};`),
      database.query(ProductRow, pageOf(tenantId, after ?? '')),
    ]);
    if (!store) return undefined;
    const products = found.map(({ product }) => product);
    const last = products.length === pageSize ? products.at(-1) : undefined;
    return { store: { storeId: store.storeId, name: store.name, currency: store.currency, taxMode: store.taxMode }, products, ...(last && { next: last.sku }) };
  }
}

/** A page of products, and at most as many pages as a tenant of 100,000 products has. */
const pageSize = 1_000;
const mostPages = 100;

const pageOf = (tenantId: kernel.TenantId, after: string): Sql => sql`
  SELECT TOP (${int(pageSize)}) ${productColumns}
  FROM product AS p
  WHERE p.tenant_id = ${varchar(40, tenantId)} AND p.sku > ${varchar(40, after)}
  ORDER BY p.sku;`;

/** One tenant's whole catalogue, page by page, for the copy that is kept of it. */
export class SqlCatalogueReader implements CatalogueReader {
  readonly #database: Pick<Database, 'forTenant'>;

  constructor(database: Pick<Database, 'forTenant'>) {
    this.#database = database;
  }

  async whole(tenantId: kernel.TenantId): Promise<Awaited<ReturnType<CatalogueReader['whole']>>> {
    const stores = await this.#database.forTenant(tenantId).query(StoreRow, sql`
      SELECT s.tenant_id AS tenantId, s.store_id AS storeId, s.name, s.currency, s.tax_mode AS taxMode
      FROM store AS s
      WHERE s.tenant_id = ${varchar(40, tenantId)};`);
    const products = new Map<kernel.Sku, http.Product>();
    for (let page = 0, last = ''; page < mostPages; page += 1) {
      const found = await this.#database.forTenant(tenantId).query(ProductRow, pageOf(tenantId, last));
      for (const { product } of found) products.set(product.sku, product);
      last = found.at(-1)?.product.sku ?? last;
      if (found.length < pageSize) break;
    }
    return { stores: new Map(stores.map(({ storeId, name, currency, taxMode }) => [storeId, { storeId, name, currency, taxMode }])), products };
  }
}

export const storesPart = (keys: readonly { readonly tenantId: kernel.TenantId; readonly storeId: kernel.StoreId }[], recent: RecentCatalogue): Part => {
  const at = recent.now();
  return part(StoreRow, sql`
    SELECT s.tenant_id AS tenantId, s.store_id AS storeId, s.name, s.currency, s.tax_mode AS taxMode
    FROM OPENJSON(${json(keys.map(({ tenantId, storeId }) => ({ tenantId, storeId })))})
      WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId') AS j
    JOIN store AS s ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.store_id = j.storeId COLLATE Latin1_General_100_BIN2;`, (rows, found) => {
    for (const { tenantId, ...store } of found) {
      rows.stores.set(keyOf(tenantId, store.storeId), store);
      recent.keepStore(keyOf(tenantId, store.storeId), store, at);
    }
  });
};

export const productsPart = (keys: readonly { readonly tenantId: kernel.TenantId; readonly sku: kernel.Sku }[], recent: RecentCatalogue): Part => {
  const at = recent.now();
  return part(ProductRow, sql`
    SELECT ${productColumns}
    FROM OPENJSON(${json(keys.map(({ tenantId, sku }) => ({ tenantId, sku })))})
      WITH (tenantId VARCHAR(40) '$.tenantId', sku VARCHAR(40) '$.sku') AS j
    JOIN product AS p ON p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.sku = j.sku COLLATE Latin1_General_100_BIN2;`, (rows, found) => {
    for (const each of found) {
      addProduct(rows, each);
      recent.keepProduct(keyOf(each.tenantId, each.product.sku), each.product, at);
    }
  });
};

/** By barcode: always read from the table, because a barcode may move to another product. */
export const barcodesPart = (keys: readonly { readonly tenantId: kernel.TenantId; readonly barcode: string }[]): Part =>
  part(ProductRow, sql`
    SELECT ${productColumns}
    FROM OPENJSON(${json(keys.map(({ tenantId, barcode }) => ({ tenantId, barcode })))})
      WITH (tenantId VARCHAR(40) '$.tenantId', barcode VARCHAR(14) '$.barcode') AS j
    JOIN product AS p ON p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.barcode = j.barcode COLLATE Latin1_General_100_BIN2 AND p.barcode IS NOT NULL;`, (rows, found) => {
    for (const each of found) addProduct(rows, each);
  });

function addProduct(rows: Rows, { tenantId, product }: FoundProduct): void {
  rows.products.set(keyOf(tenantId, product.sku), product);
  if (product.barcode !== undefined) rows.barcodes.set(keyOf(tenantId, product.barcode), product.sku);
}

/** The last writer of a store wins, so there is no version. A new row that another instance made meanwhile runs into the primary key, and the batch runs again. */
export function writeStores(changes: readonly Extract<Change, { kind: 'stores-saved' }>[]): Sql[] {
  const stores = new Map(changes.flatMap(({ tenantId, stores: saved, at }) => saved.map((store) => [keyOf(tenantId, store.storeId), { tenantId, ...store, at: sqlTime(at) }] as const)));
  if (stores.size === 0) return [];
  const rows = sql`OPENJSON(${json([...stores.values()])})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', name NVARCHAR(80) '$.name', currency VARCHAR(3) '$.currency',
      taxMode VARCHAR(9) '$.taxMode', at DATETIME2(3) '$.at') AS j`;
  return [sql`
  UPDATE s
  SET name = j.name, currency = j.currency, tax_mode = j.taxMode, updated_at = j.at
  FROM ${rows}
  JOIN store AS s ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.store_id = j.storeId COLLATE Latin1_General_100_BIN2;
  INSERT INTO store (tenant_id, store_id, name, currency, tax_mode, updated_at)
  SELECT j.tenantId, j.storeId, j.name, j.currency, j.taxMode, j.at
  FROM ${rows}
  WHERE NOT EXISTS (SELECT 1 FROM store AS s WHERE s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.store_id = j.storeId COLLATE Latin1_General_100_BIN2);`];
}

/** As {@link writeStores}; a barcode that another instance gave away meanwhile runs into its unique index. */
export function writeProducts(changes: readonly Extract<Change, { kind: 'products-saved' }>[]): Sql[] {
  const products = new Map(changes.flatMap(({ tenantId, products: saved, at }) => saved.map((product) => [keyOf(tenantId, product.sku), { tenantId, ...product, at: sqlTime(at) }] as const)));
  if (products.size === 0) return [];
  const rows = sql`OPENJSON(${json([...products.values()])})
    WITH (tenantId VARCHAR(40) '$.tenantId', sku VARCHAR(40) '$.sku', barcode VARCHAR(14) '$.barcode', description NVARCHAR(80) '$.description',
      unitPriceMinor BIGINT '$.unitPriceMinor', taxRateBp INT '$.taxRateBp', at DATETIME2(3) '$.at') AS j`;
  return [sql`
  UPDATE p
  SET barcode = j.barcode, description = j.description, unit_price_minor = j.unitPriceMinor, tax_rate_bp = j.taxRateBp, updated_at = j.at
  FROM ${rows}
  JOIN product AS p ON p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.sku = j.sku COLLATE Latin1_General_100_BIN2;
  INSERT INTO product (tenant_id, sku, barcode, description, unit_price_minor, tax_rate_bp, updated_at)
  SELECT j.tenantId, j.sku, j.barcode, j.description, j.unitPriceMinor, j.taxRateBp, j.at
  FROM ${rows}
  WHERE NOT EXISTS (SELECT 1 FROM product AS p WHERE p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.sku = j.sku COLLATE Latin1_General_100_BIN2);`];
}
