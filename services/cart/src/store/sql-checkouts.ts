import { checkout, CommandId, http, SaleFlag, SaleId, StoreId, TenantId, TillId } from '@checkout/contracts';
import { assert } from '@checkout/kernel';
import type * as kernel from '@checkout/kernel';
import { datetime2, int, json, jsonColumn, safeIntegerColumn, sql, varchar, type Database, type Sql } from '@checkout/sql';
import { z } from 'zod';
import { pageSize } from '../application/list-offline-sales.ts';
import { keyOf, type Change, type Checkouts, type OfflinePlace, type OfflineSales } from '../application/ports.ts';
import type { Checkout, Ending } from '../domain/checkout.ts';
import { part, type Part } from './part.ts';
import { sqlTime } from './times.ts';

type Key = { readonly tenantId: kernel.TenantId; readonly commandId: kernel.CommandId };

function isAfter({ soldAt, commandId }: OfflinePlace): Sql {
  const moment = datetime2(new Date(soldAt));
  return commandId === undefined ? sql`c.left_shop_at < ${moment}` : sql`(c.left_shop_at < ${moment} OR (c.left_shop_at = ${moment} AND c.command_id < ${varchar(36, commandId)}))`;
}

const CheckoutRow = z.object({
  tenantId: TenantId,
  commandId: CommandId,
  saleId: SaleId,
  storeId: StoreId,
  tillId: TillId.nullable(),
  bodyHash: z.string().nullable(),
  basketId: SaleId.nullable(),
  currency: z.string(),
  totalMinor: safeIntegerColumn,
  acceptedVia: http.AcceptedVia.nullable(),
  pricedAt: z.date().nullable(),
  leftShopAt: z.date().nullable(),
  provisionalNumber: z.string().nullable(),
  flags: jsonColumn(z.array(SaleFlag)).nullable(),
  shortages: jsonColumn(z.array(checkout.Shortage)).nullable(),
  state: z.enum(['accepted', 'completed', 'declined', 'rejected', 'cancelled']),
  reason: jsonColumn(checkout.Reason).nullable(),
  changeMinor: safeIntegerColumn.nullable(),
  receiptNumber: z.string().nullable(),
  acceptedAt: z.date(),
  endedAt: z.date().nullable(),
  version: z.int(),
}).transform(checkoutOf);

const NumberRow = z.object({ provisionalNumber: z.string() });

const columns = sql`
  c.tenant_id AS tenantId, c.command_id AS commandId, c.sale_id AS saleId, c.store_id AS storeId, c.till_id AS tillId, c.body_hash AS bodyHash,
  c.basket_id AS basketId, c.currency, c.total_minor AS totalMinor, c.accepted_via AS acceptedVia, c.priced_at AS pricedAt, c.state, c.reason, c.change_minor AS changeMinor,
  c.receipt_number AS receiptNumber, c.accepted_at AS acceptedAt, c.ended_at AS endedAt, c.left_shop_at AS leftShopAt, c.provisional_number AS provisionalNumber, c.flags, c.shortages, c.version`;

/** Checkouts in Azure SQL. Table: `migrations/0001-cart.sql`. */
export class SqlCheckouts implements Checkouts, OfflineSales {
  readonly #database: Pick<Database, 'forTenant' | 'forEveryTenant'>;

  constructor(database: Pick<Database, 'forTenant' | 'forEveryTenant'>) {
    this.#database = database;
  }

  async find(tenantId: kernel.TenantId, commandId: kernel.CommandId): Promise<Checkout | undefined> {
    const [found] = await this.#database.forTenant(tenantId).query(CheckoutRow, sql`
      SELECT ${columns}
      FROM checkout AS c
      WHERE c.tenant_id = ${varchar(40, tenantId)} AND c.command_id = ${varchar(36, commandId)};`);
    return found;
  }

  page(tenantId: kernel.TenantId, storeId: kernel.StoreId | undefined, after: OfflinePlace | undefined): Promise<readonly Checkout[]> {
    const ofStore = storeId === undefined ? sql`` : sql`
        AND c.store_id = ${varchar(40, storeId)}`;
    const earlier = after === undefined ? sql`` : sql`
        AND ${isAfter(after)}`;
    return this.#database.forTenant(tenantId).query(CheckoutRow, sql`
      SELECT TOP (${int(pageSize)}) ${columns}
      FROM checkout AS c
      WHERE c.tenant_id = ${varchar(40, tenantId)}
        AND c.left_shop_at IS NOT NULL${ofStore}${earlier}
      ORDER BY c.left_shop_at DESC, c.command_id DESC;`);
  }

  async givenTwice(tenantId: kernel.TenantId, provisionalNumbers: readonly string[]): Promise<ReadonlySet<string>> {
    if (provisionalNumbers.length === 0) return new Set();
    const rows = await this.#database.forTenant(tenantId).query(NumberRow, sql`
      SELECT c.provisional_number AS provisionalNumber
      FROM OPENJSON(${json([...new Set(provisionalNumbers)].map((number) => ({ number })))}) WITH (number NVARCHAR(60) '$.number') AS j
      JOIN checkout AS c ON c.tenant_id = ${varchar(40, tenantId)} AND c.provisional_number = j.number
      GROUP BY c.provisional_number
      HAVING COUNT(*) > 1;`);
    return new Set(rows.map(({ provisionalNumber }) => provisionalNumber));
  }

  endedAmong(checkouts: readonly Key[]): Promise<readonly Checkout[]> {
    return this.#database.forEveryTenant().query(CheckoutRow, sql`
      SELECT ${columns}
      FROM ${named(checkouts)}
      WHERE c.state <> 'accepted';`);
  }
}

export const checkoutsPart = (keys: readonly Key[]): Part =>
  part(CheckoutRow, sql`
    SELECT ${columns}
    FROM ${named(keys)};`, (rows, found) => {
    for (const each of found) rows.checkouts.set(keyOf(each.tenantId, each.commandId), each);
  });

const named = (keys: readonly Key[]): Sql => sql`OPENJSON(${json(keys.map(({ tenantId, commandId }) => ({ tenantId, commandId })))})
      WITH (tenantId VARCHAR(40) '$.tenantId', commandId VARCHAR(36) '$.commandId') AS j
    JOIN checkout AS c ON c.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND c.command_id = j.commandId COLLATE Latin1_General_100_BIN2`;

/** New rows are guarded by the primary key, others by their version. Of several changes to one checkout the last is written. */
export function writeCheckouts(changes: readonly Extract<Change, { kind: 'checkout-saved' }>[]): Sql[] {
  const saves = new Map<string, { readonly before: number; readonly checkout: Checkout }>();
  for (const { checkout: saved } of changes) {
    const key = keyOf(saved.tenantId, saved.commandId);
    saves.set(key, { before: saves.get(key)?.before ?? saved.version - 1, checkout: saved });
  }
  const opened = [...saves.values()].filter(({ before }) => before === 0).map((save) => save.checkout);
  const ended = [...saves.values()].filter(({ before }) => before > 0);
  return [...(opened.length > 0 ? [insert(opened)] : []), ...(ended.length > 0 ? [update(ended)] : [])];
}

const insert = (checkouts: readonly Checkout[]): Sql => sql`
  INSERT INTO checkout (tenant_id, command_id, sale_id, store_id, till_id, body_hash, basket_id, currency, total_minor,
    accepted_via, priced_at, state, reason, change_minor, receipt_number, accepted_at, ended_at, left_shop_at, provisional_number, flags, shortages, version)
  SELECT j.tenantId, j.commandId, j.saleId, j.storeId, j.tillId, j.bodyHash, j.basketId, j.currency, j.totalMinor,
    j.acceptedVia, j.pricedAt, j.state, j.reason, j.changeMinor, j.receiptNumber, j.acceptedAt, j.endedAt, j.leftShopAt, j.provisionalNumber, j.flags, j.shortages, j.version
  FROM OPENJSON(${json(checkouts.map(newRowOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', commandId VARCHAR(36) '$.commandId', saleId VARCHAR(36) '$.saleId', storeId VARCHAR(40) '$.storeId',
      tillId VARCHAR(40) '$.tillId', bodyHash VARCHAR(43) '$.bodyHash', basketId VARCHAR(36) '$.basketId', currency VARCHAR(3) '$.currency',
      totalMinor BIGINT '$.totalMinor', acceptedVia VARCHAR(3) '$.acceptedVia', pricedAt DATETIME2(3) '$.pricedAt',
      state VARCHAR(10) '$.state', reason NVARCHAR(MAX) '$.reason', changeMinor BIGINT '$.changeMinor',
      receiptNumber VARCHAR(40) '$.receiptNumber', acceptedAt DATETIME2(3) '$.acceptedAt', endedAt DATETIME2(3) '$.endedAt',
      leftShopAt DATETIME2(3) '$.leftShopAt', provisionalNumber NVARCHAR(60) '$.provisionalNumber', flags NVARCHAR(400) '$.flags', shortages NVARCHAR(MAX) '$.shortages', version INT '$.version') AS j;`;

/** The end of a checkout is written over it, and which sale it was that began or ended. */
const update = (saves: readonly { readonly before: number; readonly checkout: Checkout }[]): Sql => sql`
  UPDATE c
  SET store_id = j.storeId, till_id = j.tillId, body_hash = j.bodyHash, basket_id = j.basketId, accepted_via = j.acceptedVia, priced_at = j.pricedAt, currency = j.currency, total_minor = j.totalMinor,
    state = j.state, reason = j.reason, change_minor = j.changeMinor, receipt_number = j.receiptNumber, ended_at = j.endedAt,
    left_shop_at = j.leftShopAt, provisional_number = j.provisionalNumber, flags = j.flags, shortages = j.shortages, version = j.version
  FROM OPENJSON(${json(saves.map(endedRowOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', commandId VARCHAR(36) '$.commandId', before INT '$.before', version INT '$.version', storeId VARCHAR(40) '$.storeId',
      tillId VARCHAR(40) '$.tillId', bodyHash VARCHAR(43) '$.bodyHash', basketId VARCHAR(36) '$.basketId', acceptedVia VARCHAR(3) '$.acceptedVia',
      pricedAt DATETIME2(3) '$.pricedAt', currency VARCHAR(3) '$.currency', totalMinor BIGINT '$.totalMinor', state VARCHAR(10) '$.state',
      reason NVARCHAR(MAX) '$.reason', changeMinor BIGINT '$.changeMinor', receiptNumber VARCHAR(40) '$.receiptNumber', endedAt DATETIME2(3) '$.endedAt',
      leftShopAt DATETIME2(3) '$.leftShopAt', provisionalNumber NVARCHAR(60) '$.provisionalNumber', flags NVARCHAR(400) '$.flags', shortages NVARCHAR(MAX) '$.shortages') AS j
  JOIN checkout AS c ON c.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND c.command_id = j.commandId COLLATE Latin1_General_100_BIN2
  WHERE c.version = j.before;
  IF @@ROWCOUNT <> ${int(saves.length)} THROW 51001, 'checkout', 1;`;

const newRowOf = (saved: Checkout) => {
  const { tenantId, commandId, saleId, storeId, tillId, bodyHash, basketId, currency, totalMinor, acceptedVia, acceptedAt, version } = saved;
  return { tenantId, commandId, saleId, storeId, tillId, bodyHash, basketId, currency, totalMinor, acceptedVia, ...pricedOf(saved), acceptedAt: sqlTime(acceptedAt), version, ...goneOf(saved), ...endOf(saved) };
};

const endedRowOf = ({ before, checkout: saved }: { readonly before: number; readonly checkout: Checkout }) => {
  const { tenantId, commandId, version, storeId, tillId, bodyHash, basketId, currency, totalMinor, acceptedVia } = saved;
  return { tenantId, commandId, before, version, storeId, tillId, bodyHash, basketId, currency, totalMinor, acceptedVia, ...pricedOf(saved), ...goneOf(saved), ...endOf(saved) };
};

/** Lists travel as strings that hold JSON, as the reason does. */
const goneOf = ({ leftShop }: Checkout) =>
  leftShop === undefined ? {} : { leftShopAt: sqlTime(Date.parse(leftShop.soldAt)), provisionalNumber: leftShop.provisionalNumber, flags: JSON.stringify(leftShop.flags) };

const pricedOf = ({ pricedAt }: Checkout) => (pricedAt === undefined ? {} : { pricedAt: sqlTime(pricedAt) });

/** The reason travels as a string that holds JSON. */
function endOf(saved: Checkout) {
  const { ending } = saved;
  const state = ending?.state ?? 'accepted';
  if (!ending) return { state };
  const endedAt = sqlTime(ending.endedAt);
  return ending.state === 'completed'
    ? { state, endedAt, changeMinor: ending.changeMinor, receiptNumber: ending.receiptNumber, ...(ending.shortages && { shortages: JSON.stringify(ending.shortages) }) }
    : { state, endedAt, reason: JSON.stringify(ending.reason) };
}

interface CheckoutColumns extends Key {
  readonly saleId: kernel.SaleId;
  readonly storeId: kernel.StoreId;
  readonly tillId: kernel.TillId | null;
  readonly bodyHash: string | null;
  readonly basketId: kernel.SaleId | null;
  readonly currency: string;
  readonly totalMinor: number;
  readonly acceptedVia: http.AcceptedVia | null;
  readonly pricedAt: Date | null;
  readonly state: Ending['state'] | 'accepted';
  readonly reason: checkout.Reason | null;
  readonly changeMinor: number | null;
  readonly receiptNumber: string | null;
  readonly acceptedAt: Date;
  readonly endedAt: Date | null;
  readonly leftShopAt: Date | null;
  readonly provisionalNumber: string | null;
  readonly flags: SaleFlag[] | null;
  readonly shortages: z.output<typeof checkout.Shortage>[] | null;
  readonly version: number;
}

function checkoutOf(row: CheckoutColumns): Checkout {
  const { tenantId, commandId, saleId, storeId, tillId, bodyHash, basketId, currency, totalMinor, acceptedVia, pricedAt, acceptedAt, version } = row;
  const ending = endingOf(row);
  const { leftShopAt, provisionalNumber, flags } = row;
  return {
    tenantId, commandId, saleId, storeId, currency, totalMinor, version,
    acceptedVia: acceptedVia ?? 'sql',
    acceptedAt: acceptedAt.getTime(),
    ...(pricedAt && { pricedAt: pricedAt.getTime() }),
    ...(tillId !== null && { tillId }),
    ...(bodyHash !== null && { bodyHash }),
    ...(basketId !== null && { basketId }),
    ...(leftShopAt && provisionalNumber !== null && { leftShop: { soldAt: leftShopAt.toISOString(), provisionalNumber, flags: flags ?? [] } }),
    ...(ending && { ending }),
  };
}

function endingOf({ state, reason, changeMinor, receiptNumber, endedAt, shortages }: CheckoutColumns): Ending | undefined {
  if (state === 'accepted') return undefined;
  assert(endedAt, `a ${state} checkout has an end`);
  if (state !== 'completed') {
    assert(reason, `a ${state} checkout has a reason`);
    return { state, reason, endedAt: endedAt.getTime() };
  }
  assert(receiptNumber !== null && changeMinor !== null, 'a completed checkout has a receipt and its change');
  return { state, receiptNumber, changeMinor, endedAt: endedAt.getTime(), ...(shortages && { shortages }) };
}
