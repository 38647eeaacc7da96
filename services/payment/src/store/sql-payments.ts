import { Memory, type Load, type Store } from '@checkout/messaging';
import { int, json, nothing, sql, type Sql } from '@checkout/sql';
import { keyOf, Payments, type Change, type Need, type PaymentChange, type RefundChange, type Webhook } from '../application/ports.ts';
import type { Payment } from '../domain/payment.ts';
import { referenceOf } from '../domain/question.ts';
import type { Tender } from '../domain/tender.ts';
import { PartRow, RefundRow, refundsOf, selectRefunds, writeRefunds } from './refund-statements.ts';
import { PaymentRow, TenderRow, WebhookRow } from './rows.ts';

/** Payments under way at once in one process, with room to spare; about 2 KB each. */
const capacity = 5_000;

/**
 * Payments with their tenders and their ledger in Azure SQL: a batch is one SELECT and at most one write for each table.
 *
 * Texts out of OPENJSON have the database's collation, and a join of those with our binary keys is refused (error 468), so the joins name it.
 *
 * A payment under way is remembered as it was last written here, so that the provider's answers and the capture need not read it again;
 * should another writer have been there meanwhile, the version finds out.
 */
export class SqlPayments implements Store<Need, Payments, Change> {
  readonly #memory = new Memory<Payment>(capacity);

  load(needs: readonly Need[]): Load<Payments> {
    const known = new Payments();
    const unknown = new Map<string, { readonly t: string; readonly s: string }>();
    let isFromMemory = false;
    const webhooks = needs.flatMap(({ tenantId, webhookId }) => (webhookId === undefined ? [] : [{ t: tenantId, w: webhookId }]));
    for (const { tenantId, saleId, webhookId, withRefunds: isOfRefund } of needs) {
      // A webhook changes a row of its own even when it tells nothing new, so the payment's version would not find out that memory was behind.
      // Refunds are few, and are decided on what the tables say.
      const remembered = webhookId === undefined && !isOfRefund ? this.#memory.get(keyOf(tenantId, saleId)) : undefined;
      if (remembered) known.set(remembered);
      else unknown.set(keyOf(tenantId, saleId), { t: tenantId, s: saleId });
      isFromMemory ||= remembered !== undefined;
    }
    const wanted = json([...unknown.values()]);
    const withRefunds = new Map(needs.filter((need) => need.withRefunds).map(({ tenantId, saleId }) => [keyOf(tenantId, saleId), { t: tenantId, s: saleId }]));
    return {
      isFromMemory,
      select: sql`
        SELECT p.tenant_id AS tenantId, p.store_id AS storeId, p.sale_id AS saleId, p.currency, p.total_minor AS totalMinor, p.state,
          p.decline_code AS declineCode, p.declined_position AS declinedPosition, p.attention, p.version, p.created_at AS createdAt, p.updated_at AS updatedAt
        FROM OPENJSON(${wanted}) WITH (tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s') AS j
        INNER JOIN payment AS p ON p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.sale_id = j.saleId COLLATE Latin1_General_100_BIN2;
        SELECT t.tenant_id AS tenantId, t.sale_id AS saleId, t.position, t.type, t.amount_minor AS amountMinor, t.tendered_minor AS tenderedMinor,
          t.card_token AS cardToken, t.provider_id AS providerId, t.state, t.decline_code AS declineCode, t.operation, t.round, t.attempt,
          t.asked_at AS askedAt, t.next_attempt_at AS nextAttemptAt
        FROM OPENJSON(${wanted}) WITH (tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s') AS j
        INNER JOIN tender AS t ON t.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND t.sale_id = j.saleId COLLATE Latin1_General_100_BIN2
        ORDER BY t.position;
        ${webhooks.length > 0 ? selectWebhooks(webhooks) : nothing}
        ${withRefunds.size > 0 ? selectRefunds([...withRefunds.values()]) : nothing}`,
      recordsets: unknown.size > 0 ? [PaymentRow, TenderRow, ...(webhooks.length > 0 ? [WebhookRow] : []), ...(withRefunds.size > 0 ? [RefundRow, PartRow] : [])] : [],
      toRows: ([payments = [], tenders = [], ...others]) => {
        if (webhooks.length > 0) for (const webhook of others[0] as WebhookRow[]) known.setWebhook(webhook);
        if (withRefunds.size > 0) for (const refund of refundsOf(others.at(-2) as RefundRow[], others.at(-1) as PartRow[])) known.setRefund(refund);
        return addRows(known, payments as PaymentRow[], tenders as TenderRow[]);
      },
    };
  }

  apply(payments: Payments, change: Change): void {
    if ('webhook' in change) payments.setWebhook(change.webhook);
    else if ('refund' in change) payments.setRefund(change.refund);
    else payments.set(change.payment);
  }

  write(changes: readonly Change[]): readonly Sql[] {
    const steps = changes.filter((change): change is PaymentChange => 'payment' in change);
    const merged = mergedOf(steps);
    const refunds = changes.filter((change): change is RefundChange => 'refund' in change);
    const webhooks = changes.filter((change) => 'webhook' in change);
    const newWebhooks = webhooks.filter(({ isNew }) => isNew);
    const seenWebhooks = webhooks.filter(({ isNew }) => !isNew);
    for (const { payment } of merged) this.#memory.put(keyOf(payment.tenantId, payment.saleId), payment);
    const added = merged.filter(({ loadedVersion }) => loadedVersion === 0).map(({ payment }) => payment);
    const changed = merged.filter(({ loadedVersion }) => loadedVersion > 0);
    const addedTenders = added.flatMap(tendersJson);
    const changedTenders = changed.flatMap(({ payment }) => tendersJson(payment));
    const ledger = merged.flatMap(ledgerJson);
    const audit = steps.flatMap(auditJson);
    return [
      ...(added.length > 0 ? [insertPayments(added.map((payment) => paymentJson(payment, 0)))] : []),
      ...(addedTenders.length > 0 ? [insertTenders(addedTenders)] : []),
      ...(changed.length > 0 ? [updatePayments(changed.map(({ payment, loadedVersion }) => paymentJson(payment, loadedVersion)))] : []),
      ...(changedTenders.length > 0 ? [updateTenders(changedTenders)] : []),
      ...(ledger.length > 0 ? [insertLedger(ledger)] : []),
      ...(audit.length > 0 ? [insertAudit(audit)] : []),
      ...writeRefunds(refunds),
      ...(newWebhooks.length > 0 ? [insertWebhooks(newWebhooks.map(webhookJson))] : []),
      ...(seenWebhooks.length > 0 ? [updateWebhooks(seenWebhooks.map(webhookJson))] : []),
    ];
  }

  forgetAll(): void {
    this.#memory.forgetAll();
  }
}

/** All that a batch does to one payment. */
interface Merged extends Omit<PaymentChange, 'audit'> {
  /** The version that the batch found; 0 when there was no such payment. */
  readonly loadedVersion: number;
}

function mergedOf(changes: readonly PaymentChange[]): Merged[] {
  const merged = new Map<string, Merged>();
  for (const { payment, ledger } of changes) {
    const key = keyOf(payment.tenantId, payment.saleId);
    const earlier = merged.get(key);
    merged.set(key, earlier
      ? { payment, ledger: [...earlier.ledger, ...ledger], loadedVersion: earlier.loadedVersion }
      : { payment, ledger, loadedVersion: payment.version - 1 });
  }
  return [...merged.values()];
}

function addRows(payments: Payments, rows: readonly PaymentRow[], tenders: readonly TenderRow[]): Payments {
  const bySale = new Map<string, Tender[]>();
  for (const { tenantId, saleId, ...tender } of tenders) {
    const key = keyOf(tenantId, saleId);
    const known = bySale.get(key);
    if (known) known.push(tender);
    else bySale.set(key, [tender]);
  }
  for (const row of rows) payments.set({ ...row, tenders: bySale.get(keyOf(row.tenantId, row.saleId)) ?? [] });
  return payments;
}

/** Without the Z, which DATETIME2 has no place for: all our times are UTC. */
const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(0, -1));

const paymentJson = (payment: Payment, loadedVersion: number) => ({
  t: payment.tenantId,
  s: payment.saleId,
  store: payment.storeId,
  currency: payment.currency,
  total: payment.totalMinor,
  state: payment.state,
  code: payment.declineCode,
  position: payment.declinedPosition,
  attention: payment.attention,
  loaded: loadedVersion,
  version: payment.version,
  created: time(payment.createdAt),
  updated: time(payment.updatedAt),
});

const tendersJson = ({ tenantId, saleId, tenders }: Payment) =>
  tenders.map(({ position, type, amountMinor, tenderedMinor, cardToken, providerId, state, declineCode, operation, round, attempt, askedAt, nextAttemptAt }) => ({
    t: tenantId,
    s: saleId,
    p: position,
    type,
    amount: amountMinor,
    tendered: tenderedMinor,
    token: cardToken,
    reference: referenceOf(saleId, position),
    id: providerId,
    state,
    code: declineCode,
    operation,
    round,
    attempt,
    asked: time(askedAt),
    next: time(nextAttemptAt),
  }));

const ledgerJson = ({ payment: { tenantId, saleId }, ledger }: Pick<PaymentChange, 'payment' | 'ledger'>) =>
  ledger.map(({ position, kind, amountMinor, at }) => ({ t: tenantId, s: saleId, p: position, kind, amount: amountMinor, at: time(at) }));

const auditJson = ({ payment: { tenantId, saleId, version, updatedAt }, audit }: PaymentChange) =>
  audit.map(({ position, source, event, detail }, ordinal) => ({ t: tenantId, s: saleId, version, ordinal, at: time(updatedAt), p: position, source, event, detail }));

const webhookJson = ({ webhook: { tenantId, webhookId, state, bodyHash, type, receivedAt, parked } }: { readonly webhook: Webhook }) => ({
  t: tenantId, w: webhookId, state, hash: bodyHash, type, received: time(receivedAt), notice: parked ?? undefined, next: time(parked?.nextLookAt ?? null),
});

/** The key lets a sale be paid under one payment only: a second writer gets a conflict, reads again and finds the first. */
const insertPayments = (rows: readonly object[]): Sql => sql`
  INSERT INTO payment (tenant_id, sale_id, store_id, currency, total_minor, state, decline_code, declined_position, attention, version, created_at, updated_at)
  SELECT j.tenantId, j.saleId, j.storeId, j.currency, j.totalMinor, j.state, j.declineCode, j.declinedPosition, j.attention, j.version, j.createdAt, j.updatedAt
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', storeId VARCHAR(40) '$.store', currency VARCHAR(3) '$.currency', totalMinor BIGINT '$.total',
    state VARCHAR(12) '$.state', declineCode VARCHAR(60) '$.code', declinedPosition INT '$.position', attention VARCHAR(40) '$.attention',
    version INT '$.version', createdAt DATETIME2(3) '$.created', updatedAt DATETIME2(3) '$.updated') AS j;`;

const insertTenders = (rows: readonly object[]): Sql => sql`
  INSERT INTO tender (tenant_id, sale_id, position, type, amount_minor, tendered_minor, card_token, provider_reference, provider_id, state, decline_code,
    operation, round, attempt, asked_at, next_attempt_at)
  SELECT j.tenantId, j.saleId, j.position, j.type, j.amountMinor, j.tenderedMinor, j.cardToken, j.reference, j.providerId, j.state, j.declineCode,
    j.operation, j.round, j.attempt, j.askedAt, j.nextAttemptAt
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', position INT '$.p', type VARCHAR(4) '$.type', amountMinor BIGINT '$.amount',
    tenderedMinor BIGINT '$.tendered', cardToken VARCHAR(64) '$.token', reference VARCHAR(40) '$.reference', providerId VARCHAR(80) '$.id',
    state VARCHAR(12) '$.state', declineCode VARCHAR(60) '$.code', operation VARCHAR(10) '$.operation', round INT '$.round', attempt INT '$.attempt',
    askedAt DATETIME2(3) '$.asked', nextAttemptAt DATETIME2(3) '$.next') AS j;`;

/** Whoever read an older version has decided on what is no longer so, and must decide again. */
const updatePayments = (rows: readonly object[]): Sql => sql`
  UPDATE p
  SET p.state = j.state, p.decline_code = j.declineCode, p.declined_position = j.declinedPosition, p.attention = j.attention,
    p.version = j.version, p.updated_at = j.updatedAt
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', state VARCHAR(12) '$.state', declineCode VARCHAR(60) '$.code', declinedPosition INT '$.position',
    attention VARCHAR(40) '$.attention', loadedVersion INT '$.loaded', version INT '$.version', updatedAt DATETIME2(3) '$.updated') AS j
  INNER JOIN payment AS p ON p.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND p.sale_id = j.saleId COLLATE Latin1_General_100_BIN2 AND p.version = j.loadedVersion;
  IF @@ROWCOUNT <> ${int(rows.length)} THROW 51001, 'conflict', 1;`;

const updateTenders = (rows: readonly object[]): Sql => sql`
  UPDATE t
  SET t.card_token = j.cardToken, t.provider_id = j.providerId, t.state = j.state, t.decline_code = j.declineCode, t.operation = j.operation,
    t.round = j.round, t.attempt = j.attempt, t.asked_at = j.askedAt, t.next_attempt_at = j.nextAttemptAt
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', position INT '$.p', cardToken VARCHAR(64) '$.token', providerId VARCHAR(80) '$.id',
    state VARCHAR(12) '$.state', declineCode VARCHAR(60) '$.code', operation VARCHAR(10) '$.operation', round INT '$.round', attempt INT '$.attempt',
    askedAt DATETIME2(3) '$.asked', nextAttemptAt DATETIME2(3) '$.next') AS j
  INNER JOIN tender AS t ON t.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND t.sale_id = j.saleId COLLATE Latin1_General_100_BIN2 AND t.position = j.position;
  IF @@ROWCOUNT <> ${int(rows.length)} THROW 51001, 'conflict', 1;`;

/** Money that is in the books already cannot be booked again: the key fails the whole commit. */
const insertLedger = (rows: readonly object[]): Sql => sql`
  INSERT INTO payment_ledger (tenant_id, sale_id, position, kind, amount_minor, at)
  SELECT j.tenantId, j.saleId, j.position, j.kind, j.amountMinor, j.at
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', position INT '$.p', kind VARCHAR(10) '$.kind', amountMinor BIGINT '$.amount', at DATETIME2(3) '$.at') AS j;`;

const insertAudit = (rows: readonly object[]): Sql => sql`
  INSERT INTO payment_audit (tenant_id, sale_id, version, ordinal, at, position, source, event, detail)
  SELECT j.tenantId, j.saleId, j.version, j.ordinal, j.at, j.position, j.source, j.event, j.detail
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', saleId VARCHAR(36) '$.s', version INT '$.version', ordinal INT '$.ordinal', at DATETIME2(3) '$.at', position INT '$.p',
    source NVARCHAR(200) '$.source', event VARCHAR(40) '$.event', detail NVARCHAR(400) '$.detail') AS j;`;

const selectWebhooks = (wanted: readonly object[]): Sql => sql`
  SELECT w.tenant_id AS tenantId, w.webhook_id AS webhookId, w.state, w.body_hash AS bodyHash, w.type, w.received_at AS receivedAt, w.notice AS parked
  FROM OPENJSON(${json(wanted)}) WITH (tenantId VARCHAR(40) '$.t', webhookId VARCHAR(80) '$.w') AS j
  INNER JOIN provider_webhook AS w ON w.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND w.webhook_id = j.webhookId COLLATE Latin1_General_100_BIN2;`;

/** The same webhook handled by two at once: the second fails on the key, decides again and finds the first. */
const insertWebhooks = (rows: readonly object[]): Sql => sql`
  INSERT INTO provider_webhook (tenant_id, webhook_id, state, body_hash, type, received_at, notice, next_look_at)
  SELECT j.tenantId, j.webhookId, j.state, j.bodyHash, j.type, j.receivedAt, j.notice, j.nextLookAt
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', webhookId VARCHAR(80) '$.w', state VARCHAR(10) '$.state', bodyHash VARCHAR(64) '$.hash', type VARCHAR(60) '$.type',
    receivedAt DATETIME2(3) '$.received', notice NVARCHAR(MAX) '$.notice' AS JSON, nextLookAt DATETIME2(3) '$.next') AS j;`;

/** Only what is still parked can be looked at again. */
const updateWebhooks = (rows: readonly object[]): Sql => sql`
  UPDATE w
  SET w.state = j.state, w.notice = j.notice, w.next_look_at = j.nextLookAt
  FROM OPENJSON(${json(rows)}) WITH (
    tenantId VARCHAR(40) '$.t', webhookId VARCHAR(80) '$.w', state VARCHAR(10) '$.state', notice NVARCHAR(MAX) '$.notice' AS JSON, nextLookAt DATETIME2(3) '$.next') AS j
  INNER JOIN provider_webhook AS w ON w.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND w.webhook_id = j.webhookId COLLATE Latin1_General_100_BIN2
    AND w.state = 'parked';
  IF @@ROWCOUNT <> ${int(rows.length)} THROW 51001, 'conflict', 1;`;
