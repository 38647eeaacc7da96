import type { Load, Store } from '@checkout/messaging';
import { int, join, json, sql, type Sql } from '@checkout/sql';
import type { z } from 'zod';
import type { Need } from '../application/ports.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { Movement } from '../domain/movement.ts';
import type { Reservation } from '../domain/reservation.ts';
import type { StockReturn } from '../domain/stock-return.ts';
import { Stock, type Change } from '../domain/stock.ts';
import { levelChangesOf, type LevelChange } from './level-changes.ts';
import { DeliveryRow, LevelRow, ReservationRow, ReturnRow } from './rows.ts';

/**
 * Levels, reservations, the ledger and deliveries in Azure SQL: one SELECT of each for a batch, one statement for each kind of write.
 *
 * Texts out of OPENJSON have the database's collation, and a comparison of those with our binary keys is refused (error 468), so the joins name it.
 */
export class SqlStock implements Store<Need, Stock, Change> {
  load(needs: readonly Need[]): Load<Stock> {
    const selects = [
      ...ifAny(needs, 'reservation', (some) => part(selectReservations(some), ReservationRow, (stock, row) => stock.setReservation(row))),
      ...ifAny(needs, 'level', (some) => part(selectLevels(some), LevelRow, (stock, { tenantId, storeId, sku, ...level }) => stock.setLevel(tenantId, storeId, sku, level))),
      ...ifAny(needs, 'delivery', (some) => part(selectDeliveries(some), DeliveryRow, (stock, row) => stock.setDelivery(row))),
      ...ifAny(needs, 'return', (some) => part(selectReturns(some), ReturnRow, (stock, row) => stock.setReturn(row))),
    ];
    return {
      select: join(selects.map(({ select }) => select)),
      recordsets: selects.map(({ row }) => row),
      toRows(recordsets) {
        const stock = new Stock();
        for (const [index, { put }] of selects.entries()) for (const row of recordsets[index] ?? []) put(stock, row);
        return stock;
      },
    };
  }

  apply(stock: Stock, change: Change): void {
    stock.apply(change);
  }

  write(changes: readonly Change[]): readonly Sql[] {
    const { reservations, movements, deliveries, returns } = sorted(changes);
    const fresh = reservations.filter(({ before }) => before === 0);
    const changed = reservations.filter(({ before }) => before > 0);
    const levels = levelChangesOf(movements);
    const unknown = levels.filter(({ mayBeNew }) => mayBeNew);
    const moved = levels.filter(({ onHand, reserved }) => onHand !== 0 || reserved !== 0);
    const entries = movements.flatMap(ledgerRows);
    return [
      ...(fresh.length > 0 ? [insertReservations(fresh)] : []),
      ...(changed.length > 0 ? [updateReservations(changed)] : []),
      ...(unknown.length > 0 ? [insertMissingLevels(unknown)] : []),
      ...(moved.length > 0 ? [updateLevels(moved)] : []),
      ...(entries.length > 0 ? [insertEntries(entries)] : []),
      ...(deliveries.length > 0 ? [insertDeliveries(deliveries)] : []),
      ...(returns.length > 0 ? [insertReturns(returns)] : []),
    ];
  }
}

type NeedOf<Kind extends Need['kind']> = Extract<Need, { kind: Kind }>;

interface Part {
  readonly select: Sql;
  readonly row: z.ZodType;
  readonly put: (stock: Stock, row: unknown) => void;
}

/** The pipeline parses each recordset by its schema before it hands the rows over, which is what makes the cast true. */
const part = <Row>(select: Sql, row: z.ZodType<Row>, put: (stock: Stock, row: Row) => void): Part => ({ select, row, put: (stock, parsed) => put(stock, parsed as Row) });

/** The needs of one kind, each once: a popular article is in many baskets of a batch. */
function ifAny<Kind extends Need['kind']>(needs: readonly Need[], kind: Kind, make: (some: readonly NeedOf<Kind>[]) => Part): Part[] {
  const some = new Map<string, NeedOf<Kind>>();
  for (const need of needs) if (need.kind === kind) some.set(keyOf(need), need as NeedOf<Kind>);
  return some.size > 0 ? [make([...some.values()])] : [];
}

function keyOf(need: Need): string {
  switch (need.kind) {
    case 'reservation':
      return `${need.tenantId}/${need.saleId}`;
    case 'level':
      return `${need.tenantId}/${need.storeId}/${need.sku}`;
    case 'delivery':
      return `${need.tenantId}/${need.deliveryId}`;
    case 'return':
      return `${need.tenantId}/${need.refundId}`;
  }
}

const selectReservations = (needs: readonly NeedOf<'reservation'>[]): Sql => sql`
  SELECT r.tenant_id AS tenantId, r.store_id AS storeId, r.sale_id AS saleId, r.version, r.state, r.lines, r.shortages, r.expires_at AS expiresAt
  FROM OPENJSON(${json(needs.map(({ tenantId, saleId }) => ({ tenantId, saleId })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId') AS j
  JOIN reservation AS r ON r.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND r.sale_id = j.saleId COLLATE Latin1_General_100_BIN2;`;

const selectLevels = (needs: readonly NeedOf<'level'>[]): Sql => sql`
  SELECT l.tenant_id AS tenantId, l.store_id AS storeId, l.sku, l.on_hand AS onHand, l.reserved
  FROM OPENJSON(${json(needs.map(({ tenantId, storeId, sku }) => ({ tenantId, storeId, sku })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', sku VARCHAR(40) '$.sku') AS j
  JOIN stock_level AS l ON l.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND l.store_id = j.storeId COLLATE Latin1_General_100_BIN2 AND l.sku = j.sku COLLATE Latin1_General_100_BIN2;`;

const selectDeliveries = (needs: readonly NeedOf<'delivery'>[]): Sql => sql`
  SELECT d.tenant_id AS tenantId, d.delivery_id AS deliveryId, d.store_id AS storeId, d.body_hash AS bodyHash, d.received_at AS receivedAt
  FROM OPENJSON(${json(needs.map(({ tenantId, deliveryId }) => ({ tenantId, deliveryId })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', deliveryId NVARCHAR(64) '$.deliveryId') AS j
  JOIN delivery AS d ON d.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND d.delivery_id = j.deliveryId COLLATE Latin1_General_100_BIN2;`;

const selectReturns = (needs: readonly NeedOf<'return'>[]): Sql => sql`
  SELECT r.tenant_id AS tenantId, r.store_id AS storeId, r.sale_id AS saleId, r.refund_id AS refundId, r.returned_at AS returnedAt
  FROM OPENJSON(${json(needs.map(({ tenantId, refundId }) => ({ tenantId, refundId })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId') AS j
  JOIN stock_return AS r ON r.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND r.refund_id = j.refundId COLLATE Latin1_General_100_BIN2;`;

/** A reservation as the batch leaves it, and the version that the table must have before: 0 where there is no row. */
interface ReservationChange {
  readonly before: number;
  readonly reservation: Reservation;
}

function sorted(changes: readonly Change[]) {
  const reservations = new Map<string, ReservationChange>();
  const movements: Movement[] = [];
  const deliveries: Delivery[] = [];
  const returns: StockReturn[] = [];
  for (const change of changes) {
    switch (change.kind) {
      case 'reservation': {
        const { reservation } = change;
        const key = `${reservation.tenantId}/${reservation.saleId}`;
        // Reserved and released in one batch: the row is written once, as it ends.
        reservations.set(key, { before: reservations.get(key)?.before ?? reservation.version - 1, reservation });
        break;
      }
      case 'movement':
        movements.push(change.movement);
        break;
      case 'delivery':
        deliveries.push(change.delivery);
        break;
      case 'return':
        returns.push(change.returned);
        break;
    }
  }
  return { reservations: [...reservations.values()], movements, deliveries, returns };
}

const reservationRow = ({ before, reservation }: ReservationChange) => ({
  tenantId: reservation.tenantId,
  saleId: reservation.saleId,
  storeId: reservation.storeId,
  state: reservation.state,
  before,
  version: reservation.version,
  ...('pieces' in reservation && { lines: reservation.pieces, expiresAt: reservation.expiresAt }),
  ...('shortages' in reservation && { shortages: reservation.shortages }),
});

/** Another writer that reserved for the same sale first makes this fail on the primary key, and the batch is decided again. */
const insertReservations = (fresh: readonly ReservationChange[]): Sql => sql`
  INSERT INTO reservation (tenant_id, sale_id, store_id, state, lines, shortages, expires_at, version)
  SELECT j.tenantId, j.saleId, j.storeId, j.state, j.lines, j.shortages, j.expiresAt, j.version
  FROM OPENJSON(${json(fresh.map(reservationRow))})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId', storeId VARCHAR(40) '$.storeId', state VARCHAR(10) '$.state',
      lines NVARCHAR(MAX) '$.lines' AS JSON, shortages NVARCHAR(MAX) '$.shortages' AS JSON, expiresAt DATETIME2(3) '$.expiresAt', version INT '$.version') AS j;`;

const updateReservations = (changed: readonly ReservationChange[]): Sql => sql`
  UPDATE r
  SET state = j.state, lines = j.lines, shortages = j.shortages, expires_at = j.expiresAt, version = j.version
  FROM OPENJSON(${json(changed.map(reservationRow))})
    WITH (tenantId VARCHAR(40) '$.tenantId', saleId VARCHAR(36) '$.saleId', state VARCHAR(10) '$.state', lines NVARCHAR(MAX) '$.lines' AS JSON,
      shortages NVARCHAR(MAX) '$.shortages' AS JSON, expiresAt DATETIME2(3) '$.expiresAt', before INT '$.before', version INT '$.version') AS j
  JOIN reservation AS r ON r.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND r.sale_id = j.saleId COLLATE Latin1_General_100_BIN2 AND r.version = j.before;
  IF @@ROWCOUNT <> ${int(changed.length)} THROW 51001, 'reservation', 1;`;

const levelKeyOf = ({ tenantId, storeId, sku }: LevelChange) => ({ tenantId, storeId, sku });

const insertMissingLevels = (levels: readonly LevelChange[]): Sql => sql`
  INSERT INTO stock_level (tenant_id, store_id, sku, on_hand, reserved)
  SELECT j.tenantId, j.storeId, j.sku, 0, 0
  FROM OPENJSON(${json(levels.map(levelKeyOf))})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', sku VARCHAR(40) '$.sku') AS j
  WHERE NOT EXISTS (
    SELECT 1 FROM stock_level AS l
    WHERE l.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND l.store_id = j.storeId COLLATE Latin1_General_100_BIN2 AND l.sku = j.sku COLLATE Latin1_General_100_BIN2);`;

/** Only promises are conditional; and they hold whoever else has changed the level meanwhile, so a delivery conflicts with no sale. */
const updateLevels = (levels: readonly LevelChange[]): Sql => sql`
  UPDATE l
  SET on_hand = l.on_hand + j.onHand, reserved = l.reserved + j.reserved
  FROM OPENJSON(${json(levels.map((level) => ({ ...levelKeyOf(level), onHand: level.onHand, reserved: level.reserved, atLeast: level.atLeast })))})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', sku VARCHAR(40) '$.sku',
      onHand INT '$.onHand', reserved INT '$.reserved', atLeast INT '$.atLeast') AS j
  JOIN stock_level AS l ON l.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND l.store_id = j.storeId COLLATE Latin1_General_100_BIN2 AND l.sku = j.sku COLLATE Latin1_General_100_BIN2
  WHERE j.atLeast IS NULL OR l.on_hand - l.reserved >= j.atLeast;
  IF @@ROWCOUNT <> ${int(levels.length)} THROW 51001, 'stock level', 1;`;

interface LedgerRow {
  readonly tenantId: string;
  readonly storeId: string;
  readonly sku: string;
  readonly kind: string;
  readonly reference: string;
  readonly quantity: number;
  readonly at: string;
}

const ledgerRows = ({ tenantId, storeId, moves, entry }: Movement): LedgerRow[] =>
  entry ? moves.map(({ sku, onHand }) => ({ tenantId, storeId, sku, kind: entry.kind, reference: entry.reference, quantity: onHand, at: entry.at })) : [];

const insertEntries = (entries: readonly LedgerRow[]): Sql => sql`
  INSERT INTO stock_ledger (tenant_id, store_id, sku, kind, reference, quantity, entered_at)
  SELECT j.tenantId, j.storeId, j.sku, j.kind, j.reference, j.quantity, j.enteredAt
  FROM OPENJSON(${json(entries)})
    WITH (tenantId VARCHAR(40) '$.tenantId', storeId VARCHAR(40) '$.storeId', sku VARCHAR(40) '$.sku', kind VARCHAR(10) '$.kind',
      reference NVARCHAR(64) '$.reference', quantity INT '$.quantity', enteredAt DATETIME2(3) '$.at') AS j;`;

const insertDeliveries = (deliveries: readonly Delivery[]): Sql => sql`
  INSERT INTO delivery (tenant_id, delivery_id, store_id, body_hash, received_at)
  SELECT j.tenantId, j.deliveryId, j.storeId, j.bodyHash, j.receivedAt
  FROM OPENJSON(${json(deliveries)})
    WITH (tenantId VARCHAR(40) '$.tenantId', deliveryId NVARCHAR(64) '$.deliveryId', storeId VARCHAR(40) '$.storeId',
      bodyHash VARCHAR(64) '$.bodyHash', receivedAt DATETIME2(3) '$.receivedAt') AS j;`;

/** Another writer that counted the same goods first makes this fail on the primary key, and the batch is decided again. */
const insertReturns = (returns: readonly StockReturn[]): Sql => sql`
  INSERT INTO stock_return (tenant_id, refund_id, sale_id, store_id, returned_at)
  SELECT j.tenantId, j.refundId, j.saleId, j.storeId, j.returnedAt
  FROM OPENJSON(${json(returns)})
    WITH (tenantId VARCHAR(40) '$.tenantId', refundId VARCHAR(36) '$.refundId', saleId VARCHAR(36) '$.saleId', storeId VARCHAR(40) '$.storeId', returnedAt DATETIME2(3) '$.returnedAt') AS j;`;
