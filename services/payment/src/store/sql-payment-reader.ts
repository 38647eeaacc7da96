import { SaleId, StoreId, TenantId } from '@checkout/contracts';
import type * as kernel from '@checkout/kernel';
import { datetime2, int, sql, varchar, type Database } from '@checkout/sql';
import { z } from 'zod';
import type { PaymentView } from '../application/payment-view.ts';
import type { OverdueTender, OverdueTenders, ParkedWebhook, ParkedWebhooks, PaymentReader } from '../application/ports.ts';
import { referenceOf } from '../domain/question.ts';
import { PartRow, RefundRow, refundsOf, selectRefunds } from './refund-statements.ts';
import { AuditRow, LedgerRow, PaymentRow, TenderRow } from './rows.ts';

const OverdueRow = z.object({ tenantId: TenantId, storeId: StoreId, saleId: SaleId, position: z.int(), round: z.int(), attempt: z.int() });
const ParkedRow = z.object({ tenantId: TenantId, saleId: SaleId, webhookId: z.string() });
/** For people there is no token at all, not even one that is dropped later. */
const ShownTenderRow = TenderRow.omit({ tenantId: true, saleId: true, cardToken: true, round: true, askedAt: true });

/** What is read beside the hot path: one payment for people, and what is overdue for the resolver. */
export class SqlPaymentReader implements PaymentReader, OverdueTenders, ParkedWebhooks {
  readonly #database: Pick<Database, 'forTenant' | 'forEveryTenant'>;

  constructor(database: Pick<Database, 'forTenant' | 'forEveryTenant'>) {
    this.#database = database;
  }

  /** For all tenants, because time is up for all alike; each tender is then handled under its own. */
  find(now: number, limit: number): Promise<OverdueTender[]> {
    return this.#database.forEveryTenant().query(OverdueRow, sql`
      SELECT TOP (${int(limit)}) t.tenant_id AS tenantId, p.store_id AS storeId, t.sale_id AS saleId, t.position, t.round, t.attempt
      FROM tender AS t
      INNER JOIN payment AS p ON p.tenant_id = t.tenant_id AND p.sale_id = t.sale_id
      WHERE t.next_attempt_at IS NOT NULL AND t.next_attempt_at <= ${datetime2(new Date(now))}
      ORDER BY t.next_attempt_at;`);
  }

  /** For all tenants, as above. */
  parked(now: number, limit: number): Promise<ParkedWebhook[]> {
    return this.#database.forEveryTenant().query(ParkedRow, sql`
      SELECT TOP (${int(limit)}) tenant_id AS tenantId, JSON_VALUE(notice, '$.saleId') AS saleId, webhook_id AS webhookId
      FROM provider_webhook
      WHERE next_look_at IS NOT NULL AND next_look_at <= ${datetime2(new Date(now))}
      ORDER BY next_look_at;`);
  }

  async read(tenantId: kernel.TenantId, saleId: kernel.SaleId): Promise<PaymentView | undefined> {
    const tenant = varchar(40, tenantId);
    const sale = varchar(36, saleId);
    const [[payment], tenders, ledger, audit, refunds, parts] = await this.#database.forTenant(tenantId).queries([PaymentRow, ShownTenderRow, LedgerRow, AuditRow, RefundRow, PartRow], sql`
      SELECT tenant_id AS tenantId, store_id AS storeId, sale_id AS saleId, currency, total_minor AS totalMinor, state,
        decline_code AS declineCode, declined_position AS declinedPosition, attention, version, created_at AS createdAt, updated_at AS updatedAt
      FROM payment
      WHERE tenant_id = ${tenant} AND sale_id = ${sale};
      SELECT position, type, amount_minor AS amountMinor, tendered_minor AS tenderedMinor, provider_id AS providerId, state,
        decline_code AS declineCode, operation, attempt, next_attempt_at AS nextAttemptAt
      FROM tender
      WHERE tenant_id = ${tenant} AND sale_id = ${sale}
      ORDER BY position;
      SELECT position, kind, amount_minor AS amountMinor, at
      FROM payment_ledger
      WHERE tenant_id = ${tenant} AND sale_id = ${sale}
      ORDER BY at, position;
      SELECT position, source, event, detail, at
      FROM payment_audit
      WHERE tenant_id = ${tenant} AND sale_id = ${sale}
      ORDER BY version, ordinal;
      ${selectRefunds([{ t: tenantId, s: saleId }])}`);
    if (!payment) return undefined;
    return {
      ...present({
        currency: payment.currency,
        declineCode: payment.declineCode,
        declinedPosition: payment.declinedPosition,
        attention: payment.attention,
      }),
      saleId: payment.saleId,
      storeId: payment.storeId,
      state: payment.state,
      totalMinor: payment.totalMinor,
      createdAt: text(payment.createdAt),
      updatedAt: text(payment.updatedAt),
      tenders: tenders.map(({ position, type, state, amountMinor, tenderedMinor, attempt, nextAttemptAt, ...rest }) => ({
        position,
        type,
        state,
        amountMinor,
        tenderedMinor,
        reference: referenceOf(payment.saleId, position),
        attempt,
        ...present({ providerId: rest.providerId, declineCode: rest.declineCode, operation: rest.operation }),
        ...present({ nextAttemptAt: nextAttemptAt === null ? null : text(nextAttemptAt) }),
      })),
      ledger: ledger.map(({ at, ...entry }) => ({ ...entry, at: text(at) })),
      refunds: refundsOf(refunds, parts).map(({ refundId, state, totalMinor, declineCode, attention, createdAt, parts: own }) => ({
        refundId, state, totalMinor, createdAt: text(createdAt), ...present({ declineCode, attention }),
        parts: own.map(({ position, via, amountMinor, state: partState, attempt, nextAttemptAt, declineCode: partCode }) => ({
          position, via, amountMinor, state: partState, attempt, reference: referenceOf(refundId, position),
          ...present({ declineCode: partCode, nextAttemptAt: nextAttemptAt === null ? null : text(nextAttemptAt) }),
        })),
      })),
      audit: audit.map(({ at, source, event, position, detail }) => ({ at: text(at), source, event, ...present({ position, detail }) })),
    };
  }
}

const text = (at: number): string => new Date(at).toISOString();

/** In JSON, what is not there is left out. */
const present = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as { [Name in keyof T]?: NonNullable<T[Name]> };
