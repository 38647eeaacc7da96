import { CommandId, Currency, Quantity, SaleId, Sku, StoreId, TaxMode, TaxRateBp, TenantId } from '@checkout/contracts';
import type * as kernel from '@checkout/kernel';
import { int, join, json, safeIntegerColumn, sql, type Database, type Sql } from '@checkout/sql';
import { z } from 'zod';
import { keyOf, type Baskets, type Change, type Rows } from '../application/ports.ts';
import type { Basket, BasketLine } from '../domain/basket.ts';
import { part, type Part } from './part.ts';

const BasketRow = z.object({
  tenantId: TenantId,
  basketId: SaleId,
  storeId: StoreId,
  currency: Currency,
  taxMode: TaxMode,
  commandId: CommandId.nullable(),
  lastChange: z.string(),
  version: z.int(),
}).transform(({ commandId, ...basket }): Basket => ({ ...basket, lines: [], ...(commandId !== null && { commandId }) }));

const LineRow = z.object({
  tenantId: TenantId,
  basketId: SaleId,
  position: z.int(),
  sku: Sku,
  description: z.string(),
  quantity: Quantity,
  unitPriceMinor: safeIntegerColumn,
  taxRateBp: TaxRateBp,
});

/** Baskets in Azure SQL. Tables: `migrations/0001-cart.sql`. */
export class SqlBaskets implements Baskets {
  readonly #database: Pick<Database, 'forTenant'>;

  constructor(database: Pick<Database, 'forTenant'>) {
    this.#database = database;
  }

  async find(tenantId: kernel.TenantId, basketId: kernel.SaleId): Promise<Basket | undefined> {
    const { header, lines } = byId([{ tenantId, basketId }]);
    const [[basket], found] = await this.#database.forTenant(tenantId).queries([BasketRow, LineRow], join([header, lines]));
    return basket && { ...basket, lines: found.map(lineOf) };
  }
}

/**
 * Baskets by their ids. Headers are read before lines: should another instance commit between the two, the version is the older one
 * and the write is refused; the other way round old lines would pass under a new version.
 */
export function basketsParts(keys: readonly { readonly tenantId: kernel.TenantId; readonly basketId: kernel.SaleId }[]): Part[] {
  const { header, lines } = byId(keys);
  return [part(BasketRow, header, addBaskets), part(LineRow, lines, addLines)];
}

/** Baskets by the checkout that holds them closed. */
export function heldBasketsParts(keys: readonly { readonly tenantId: kernel.TenantId; readonly commandId: kernel.CommandId }[]): Part[] {
  const source = sql`OPENJSON(${json(keys.map(({ tenantId, commandId }) => ({ tenantId, commandId })))})
      WITH (tenantId VARCHAR(40) '$.tenantId', commandId VARCHAR(36) '$.commandId') AS j
    JOIN basket AS b ON b.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND b.command_id = j.commandId COLLATE Latin1_General_100_BIN2 AND b.command_id IS NOT NULL`;
  const { header, lines } = selects(source);
  return [part(BasketRow, header, addBaskets), part(LineRow, lines, addLines)];
}

const byId = (keys: readonly { readonly tenantId: kernel.TenantId; readonly basketId: kernel.SaleId }[]) =>
  selects(sql`OPENJSON(${json(keys.map(({ tenantId, basketId }) => ({ tenantId, basketId })))})
      WITH (tenantId VARCHAR(40) '$.tenantId', basketId VARCHAR(36) '$.basketId') AS j
    JOIN basket AS b ON b.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND b.basket_id = j.basketId COLLATE Latin1_General_100_BIN2`);

const selects = (source: Sql): { readonly header: Sql; readonly lines: Sql } => ({
  header: sql`
    SELECT b.tenant_id AS tenantId, b.basket_id AS basketId, b.store_id AS storeId, b.currency, b.tax_mode AS taxMode,
      b.command_id AS commandId, b.last_change AS lastChange, b.version
    FROM ${source};`,
  lines: sql`
    SELECT l.tenant_id AS tenantId, l.basket_id AS basketId, l.position, l.sku, l.description, l.quantity,
      l.unit_price_minor AS unitPriceMinor, l.tax_rate_bp AS taxRateBp
    FROM ${source}
    JOIN basket_line AS l ON l.tenant_id = b.tenant_id AND l.basket_id = b.basket_id
    ORDER BY l.tenant_id, l.basket_id, l.position;`,
});

function addBaskets(rows: Rows, found: readonly Basket[]): void {
  for (const basket of found) {
    const key = keyOf(basket.tenantId, basket.basketId);
    if (!rows.baskets.has(key)) rows.baskets.set(key, basket);
    if (basket.commandId) rows.heldBaskets.set(keyOf(basket.tenantId, basket.commandId), basket.basketId);
  }
}

function addLines(rows: Rows, found: readonly z.output<typeof LineRow>[]): void {
  const grouped = Map.groupBy(found, ({ tenantId, basketId }) => keyOf(tenantId, basketId));
  for (const [key, lines] of grouped) {
    const basket = rows.baskets.get(key);
    if (basket) rows.baskets.set(key, { ...basket, lines: lines.map(lineOf) });
  }
}

const lineOf = ({ position, sku, description, quantity, unitPriceMinor, taxRateBp }: z.output<typeof LineRow>): BasketLine =>
  ({ position, sku, description, quantity, unitPriceMinor, taxRateBp });

/** New baskets are guarded by the primary key, others by their version. Of several changes to one basket the last is written, with every line that any of them touched. */
export function writeBaskets(changes: readonly Extract<Change, { kind: 'basket-saved' }>[]): Sql[] {
  const saves = new Map<string, { readonly before: number; readonly basket: Basket; readonly touched: ReadonlySet<kernel.Sku> }>();
  for (const { basket, touched } of changes) {
    const key = keyOf(basket.tenantId, basket.basketId);
    const earlier = saves.get(key);
    saves.set(key, { before: earlier?.before ?? basket.version - 1, basket, touched: new Set([...(earlier?.touched ?? []), ...touched]) });
  }
  const all = [...saves.values()];
  const opened = all.filter(({ before }) => before === 0).map(({ basket }) => basket);
  const changed = all.filter(({ before }) => before > 0);
  const touched = changed.flatMap(({ basket: { tenantId, basketId }, touched: skus }) => [...skus].map((sku) => ({ tenantId, basketId, sku })));
  const lines = all.flatMap(({ basket: { tenantId, basketId, lines: kept }, touched: skus }) => kept.filter(({ sku }) => skus.has(sku)).map((line) => ({ tenantId, basketId, ...line })));
  return [
    ...(opened.length > 0 ? [insert(opened)] : []),
    ...(changed.length > 0 ? [update(changed)] : []),
    ...(touched.length > 0 ? [removeLines(touched)] : []),
    ...(lines.length > 0 ? [insertLines(lines)] : []),
  ];
}

const insert = (baskets: readonly Basket[]): Sql => sql`
  INSERT INTO basket (tenant_id, basket_id, store_id, currency, tax_mode, command_id, last_change, version)
  SELECT j.tenantId, j.basketId, j.storeId, j.currency, j.taxMode, j.commandId, j.lastChange, j.version
  FROM OPENJSON(${json(baskets.map(({ tenantId, basketId, storeId, currency, taxMode, commandId, lastChange, version }) => ({ tenantId, basketId, storeId, currency, taxMode, commandId, lastChange, version })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', basketId VARCHAR(36) '$.basketId', storeId VARCHAR(40) '$.storeId', currency VARCHAR(3) '$.currency',
      taxMode VARCHAR(9) '$.taxMode', commandId VARCHAR(36) '$.commandId', lastChange VARCHAR(36) '$.lastChange', version INT '$.version') AS j;`;

const update = (saves: readonly { readonly before: number; readonly basket: Basket }[]): Sql => sql`
  UPDATE b
  SET command_id = j.commandId, last_change = j.lastChange, version = j.version
  FROM OPENJSON(${json(saves.map(({ before, basket: { tenantId, basketId, commandId, lastChange, version } }) => ({ tenantId, basketId, commandId, lastChange, before, version })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', basketId VARCHAR(36) '$.basketId', commandId VARCHAR(36) '$.commandId', lastChange VARCHAR(36) '$.lastChange',
      before INT '$.before', version INT '$.version') AS j
  JOIN basket AS b ON b.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND b.basket_id = j.basketId COLLATE Latin1_General_100_BIN2
  WHERE b.version = j.before;
  IF @@ROWCOUNT <> ${int(saves.length)} THROW 51001, 'basket', 1;`;

const removeLines = (lines: readonly { readonly tenantId: kernel.TenantId; readonly basketId: kernel.SaleId; readonly sku: kernel.Sku }[]): Sql => sql`
  DELETE l
  FROM OPENJSON(${json(lines)})
    WITH (tenantId VARCHAR(40) '$.tenantId', basketId VARCHAR(36) '$.basketId', sku VARCHAR(40) '$.sku') AS j
  JOIN basket_line AS l ON l.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND l.basket_id = j.basketId COLLATE Latin1_General_100_BIN2 AND l.sku = j.sku COLLATE Latin1_General_100_BIN2;`;

const insertLines = (lines: readonly (BasketLine & { readonly tenantId: kernel.TenantId; readonly basketId: kernel.SaleId })[]): Sql => sql`
  INSERT INTO basket_line (tenant_id, basket_id, sku, position, description, quantity, unit_price_minor, tax_rate_bp)
  SELECT j.tenantId, j.basketId, j.sku, j.position, j.description, j.quantity, j.unitPriceMinor, j.taxRateBp
  FROM OPENJSON(${json(lines)})
    WITH (tenantId VARCHAR(40) '$.tenantId', basketId VARCHAR(36) '$.basketId', sku VARCHAR(40) '$.sku', position INT '$.position', description NVARCHAR(80) '$.description',
      quantity INT '$.quantity', unitPriceMinor BIGINT '$.unitPriceMinor', taxRateBp INT '$.taxRateBp') AS j;`;
