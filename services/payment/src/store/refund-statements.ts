import { RefundId, SaleId, StoreId, TenantId } from '@checkout/contracts';
import { int, json, safeIntegerColumn, sql, type Sql } from '@checkout/sql';
import { z } from 'zod';
import type { RefundChange } from '../application/ports.ts';
import { attentions } from '../domain/payment.ts';
import { partStates, refundStates, type Part, type Refund } from '../domain/refund.ts';
import { instant } from './rows.ts';

/** Refunds and their parts in Azure SQL. Tables: `migrations/0004-refund.sql`. The payment's version, in the same commit, guards them. */

export const RefundRow = z.object({
  tenantId: TenantId,
  storeId: StoreId,
  saleId: SaleId,
  refundId: RefundId,
  currency: z.string(),
  totalMinor: safeIntegerColumn,
  state: z.enum(refundStates),
  declineCode: z.string().nullable(),
  declinedPosition: z.int().nullable(),
  attention: z.enum(attentions).nullable(),
  createdAt: instant,
  updatedAt: instant,
}) satisfies z.ZodType<Omit<Refund, 'parts'>>;
export type RefundRow = z.output<typeof RefundRow>;

export const PartRow = z.object({
  tenantId: TenantId,
  refundId: RefundId,
  position: z.int(),
  via: z.enum(['card', 'cash']),
  amountMinor: safeIntegerColumn,
  state: z.enum(partStates),
  declineCode: z.string().nullable(),
  attempt: z.int(),
  askedAt: instant.nullable(),
  nextAttemptAt: instant.nullable(),
}) satisfies z.ZodType<Part>;
export type PartRow = z.output<typeof PartRow>;

export function refundsOf(rows: readonly RefundRow[], partRows: readonly PartRow[]): Refund[] {
  const parts = new Map<string, Part[]>();
  for (const { tenantId, refundId, ...part } of partRows) {
    const key = `${tenantId}/${refundId}`;
    const known = parts.get(key);
    if (known) known.push(part);
    else parts.set(key, [part]);
  }
  return rows.map((row) => ({ ...row, parts: parts.get(`${row.tenantId}/${row.refundId}`) ?? [] }));
}

export const selectRefunds = (wanted: readonly { readonly t: string; readonly s: string }[]): Sql => sql`
  SELECT r.tenant_id AS tenantId, r.store_id AS storeId, r.sale_id AS saleId, r.refund_id AS refundId, r.currency, r.total_minor AS totalMinor, r.state,
    r.decline_code AS declineCode, r.declined_position AS declinedPosition, r.attention, r.created_at AS createdAt, r.updated_at AS updatedAt
  FROM OPENJSON(${json(wanted)}) WITH (tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s') AS j
  INNER JOIN refund AS r ON r.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND r.sale_id = j.saleId COLLATE Latin1_General_100_BIN2
  ORDER BY r.created_at, r.refund_id;
  SELECT p.tenant_id AS tenantId, p.refund_id AS refundId, p.position, p.via, p.amount_minor AS amountMinor, p.state, p.decline_code AS declineCode, p.attempt,
    p.asked_at AS askedAt, p.next_attempt_at AS nextAttemptAt
  FROM OPENJSON(${json(wanted)}) WITH (tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s') AS j
  INNER JOIN refund_part AS p ON p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.sale_id = j.saleId COLLATE Latin1_General_100_BIN2
  ORDER BY p.refund_id, p.position;`;

/** Each refund once, as the batch leaves it. */
export function writeRefunds(changes: readonly RefundChange[]): Sql[] {
  const last = new Map<string, RefundChange>();
  for (const { refund, isNew } of changes) {
    const key = `${refund.tenantId}/${refund.refundId}`;
    last.set(key, { refund, isNew: isNew || (last.get(key)?.isNew ?? false) });
  }
  const refunds = [...last.values()];
  const added = refunds.filter(({ isNew }) => isNew).map(({ refund }) => refund);
  const changed = refunds.filter(({ isNew }) => !isNew).map(({ refund }) => refund);
  const addedParts = added.flatMap(partsJson);
  const changedParts = changed.flatMap(partsJson);
  return [
    ...(added.length > 0 ? [insertRefunds(added.map(refundJson))] : []),
    ...(addedParts.length > 0 ? [insertParts(addedParts)] : []),
    ...(changed.length > 0 ? [updateRefunds(changed.map(refundJson))] : []),
    ...(changedParts.length > 0 ? [updateParts(changedParts)] : []),
  ];
}

/** Without the Z, which DATETIME2 has no place for: all our times are UTC. */
const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(0, -1));

const refundJson = (refund: Refund) => ({
  t: refund.tenantId, s: refund.saleId, r: refund.refundId, store: refund.storeId, currency: refund.currency, total: refund.totalMinor, state: refund.state,
  code: refund.declineCode, position: refund.declinedPosition, attention: refund.attention, created: time(refund.createdAt), updated: time(refund.updatedAt),
});

const partsJson = ({ tenantId, saleId, refundId, parts }: Refund) =>
  parts.map(({ position, via, amountMinor, state, declineCode, attempt, askedAt, nextAttemptAt }) => ({
    t: tenantId, s: saleId, r: refundId, p: position, via, amount: amountMinor, state, code: declineCode, attempt, asked: time(askedAt), next: time(nextAttemptAt),
  }));

/** The key lets a refund begin once: a second writer gets a conflict, reads again and finds the first. */
const insertRefunds = (rows: readonly object[]): Sql => sql`
  INSERT INTO refund (tenant_id, sale_id, refund_id, store_id, currency, total_minor, state, decline_code, declined_position, attention, created_at, updated_at)
  SELECT j.tenantId, j.saleId, j.refundId, j.storeId, j.currency, j.totalMinor, j.state, j.declineCode, j.declinedPosition, j.attention, j.createdAt, j.updatedAt
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', refundId VARCHAR(36) '$.r', storeId VARCHAR(40) '$.store', currency VARCHAR(3) '$.currency', totalMinor BIGINT '$.total',
    state VARCHAR(12) '$.state', declineCode VARCHAR(60) '$.code', declinedPosition INT '$.position', attention VARCHAR(40) '$.attention',
    createdAt DATETIME2(3) '$.created', updatedAt DATETIME2(3) '$.updated') AS j;`;

const insertParts = (rows: readonly object[]): Sql => sql`
  INSERT INTO refund_part (tenant_id, sale_id, refund_id, position, via, amount_minor, state, decline_code, attempt, asked_at, next_attempt_at)
  SELECT j.tenantId, j.saleId, j.refundId, j.position, j.via, j.amountMinor, j.state, j.declineCode, j.attempt, j.askedAt, j.nextAttemptAt
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', refundId VARCHAR(36) '$.r', position INT '$.p', via VARCHAR(4) '$.via', amountMinor BIGINT '$.amount', state VARCHAR(12) '$.state',
    declineCode VARCHAR(60) '$.code', attempt INT '$.attempt', askedAt DATETIME2(3) '$.asked', nextAttemptAt DATETIME2(3) '$.next') AS j;`;

const updateRefunds = (rows: readonly object[]): Sql => sql`
  UPDATE r
  SET r.state = j.state, r.decline_code = j.declineCode, r.declined_position = j.declinedPosition, r.attention = j.attention, r.updated_at = j.updatedAt
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', refundId VARCHAR(36) '$.r', state VARCHAR(12) '$.state', declineCode VARCHAR(60) '$.code', declinedPosition INT '$.position',
    attention VARCHAR(40) '$.attention', updatedAt DATETIME2(3) '$.updated') AS j
  INNER JOIN refund AS r ON r.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND r.sale_id = j.saleId COLLATE Latin1_General_100_BIN2 AND r.refund_id = j.refundId COLLATE Latin1_General_100_BIN2
    AND r.state = 'refunding';
  IF @@ROWCOUNT <> ${int(rows.length)} THROW 51001, 'conflict', 1;`;

const updateParts = (rows: readonly object[]): Sql => sql`
  UPDATE p
  SET p.state = j.state, p.decline_code = j.declineCode, p.attempt = j.attempt, p.asked_at = j.askedAt, p.next_attempt_at = j.nextAttemptAt
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', refundId VARCHAR(36) '$.r', position INT '$.p', state VARCHAR(12) '$.state', declineCode VARCHAR(60) '$.code', attempt INT '$.attempt',
    askedAt DATETIME2(3) '$.asked', nextAttemptAt DATETIME2(3) '$.next') AS j
  INNER JOIN refund_part AS p ON p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.sale_id = j.saleId COLLATE Latin1_General_100_BIN2 AND p.refund_id = j.refundId COLLATE Latin1_General_100_BIN2
    AND p.position = j.position;
  IF @@ROWCOUNT <> ${int(rows.length)} THROW 51001, 'conflict', 1;`;
