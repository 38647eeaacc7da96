import type { http } from '@checkout/contracts';
import type { RefundId, StoreId, TenantId } from '@checkout/kernel';
import { datetime2, int, nothing, sql, varchar, type Database } from '@checkout/sql';
import type { Attention, DueRefundTimer, DueTimers, RefundBook, Story, StuckRefund, Timelines } from '../application/ports.ts';
import { DueRefundRow, RefundViewRow, StuckRefundRow } from './refund-rows.ts';
import { EntryRow, StoryRow } from './saga-view-rows.ts';

/** What is read of refunds beside the hot path: time lines for tills, what is stuck for operators, what is due for the sweeper. */
export class SqlRefundReader implements Timelines<RefundId>, RefundBook, Attention<StuckRefund>, DueTimers<DueRefundTimer> {
  readonly #database: Pick<Database, 'forTenant' | 'forEveryTenant'>;

  constructor(database: Pick<Database, 'forTenant' | 'forEveryTenant'>) {
    this.#database = database;
  }

  /** The state is read before the entries: were it the other way round, a refund could look ended with its last entry missing. */
  async read(tenantId: TenantId, refundId: RefundId, after: number): Promise<Story | undefined> {
    const [[story], entries] = await this.#database.forTenant(tenantId).queries([StoryRow, EntryRow], sql`
      SELECT s.store_id AS storeId, s.phase
      FROM refund_saga AS s
      WHERE s.tenant_id = ${varchar(40, tenantId)}
        AND s.refund_id = ${varchar(36, refundId)};
      SELECT t.sequence, t.at, t.event, t.step, t.detail
      FROM refund_timeline AS t
      WHERE t.tenant_id = ${varchar(40, tenantId)}
        AND t.refund_id = ${varchar(36, refundId)}
        AND t.sequence > ${int(after)}
      ORDER BY t.sequence;`);
    return story && { ...story, entries };
  }

  async find(tenantId: TenantId, refundId: RefundId): Promise<http.RefundView | undefined> {
    const [found] = await this.#database.forTenant(tenantId).query(RefundViewRow, sql`
      SELECT s.refund_id AS refundId, s.sale_id AS saleId, s.store_id AS storeId, s.phase, s.needs_attention AS needsAttention
      FROM refund_saga AS s
      WHERE s.tenant_id = ${varchar(40, tenantId)}
        AND s.refund_id = ${varchar(36, refundId)};`);
    if (!found) return undefined;
    const { needsAttention, ...view } = found;
    return needsAttention === null ? view : { ...view, needsAttention };
  }

  stuck(tenantId: TenantId, storeId?: StoreId): Promise<readonly StuckRefund[]> {
    return this.#database.forTenant(tenantId).query(StuckRefundRow, sql`
      SELECT TOP (200) s.refund_id AS refundId, s.sale_id AS saleId, s.store_id AS storeId, s.phase, s.needs_attention AS why, s.attempts,
        s.started_at AS startedAt, s.updated_at AS lastAskedAt
      FROM refund_saga AS s
      WHERE s.tenant_id = ${varchar(40, tenantId)}
        AND s.needs_attention IS NOT NULL${storeId === undefined ? nothing : sql`
        AND s.store_id = ${varchar(40, storeId)}`}
      ORDER BY s.started_at;`);
  }

  /** For all tenants, because time passes for all alike; each timer is then handled under its own. */
  async due(now: number, limit: number): Promise<readonly DueRefundTimer[]> {
    const rows = await this.#database.forEveryTenant().query(DueRefundRow, sql`
      SELECT TOP (${int(limit)}) s.tenant_id AS tenantId, s.refund_id AS refundId, s.sale_id AS saleId, s.store_id AS storeId, s.traceparent
      FROM refund_saga AS s
      WHERE s.wake_at <= ${datetime2(new Date(now))}
      ORDER BY s.wake_at;`);
    return rows.map(({ traceparent, ...row }) => ({ ...row, ...(traceparent !== null && { traceparent }) }));
  }
}
