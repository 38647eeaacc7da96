import type { http } from '@checkout/contracts';
import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import { datetime2, int, nothing, sql, varchar, type Database } from '@checkout/sql';
import type { Attention, DueTimer, DueTimers, Sales, Story, Stuck, Timelines } from '../application/ports.ts';
import { DueRow, SaleRow, StuckRow } from './rows.ts';
import { EntryRow, StoryRow } from './saga-view-rows.ts';

/** What is read beside the hot path: time lines for tills, what is stuck for operators, what is due for the sweeper. */
export class SqlCheckoutReader implements Timelines, Sales, Attention, DueTimers {
  readonly #database: Pick<Database, 'forTenant' | 'forEveryTenant'>;

  constructor(database: Pick<Database, 'forTenant' | 'forEveryTenant'>) {
    this.#database = database;
  }

  /** The state is read before the entries: were it the other way round, a sale could look ended with its last entry missing. */
  async read(tenantId: TenantId, saleId: SaleId, after: number): Promise<Story | undefined> {
    const [[story], entries] = await this.#database.forTenant(tenantId).queries([StoryRow, EntryRow], sql`
      SELECT s.store_id AS storeId, s.phase
      FROM checkout_saga AS s
      WHERE s.tenant_id = ${varchar(40, tenantId)}
        AND s.sale_id = ${varchar(36, saleId)};

      SELECT t.sequence, t.at, t.event, t.step, t.detail
      FROM timeline AS t
      WHERE t.tenant_id = ${varchar(40, tenantId)}
        AND t.sale_id = ${varchar(36, saleId)}
        AND t.sequence > ${int(after)}
      ORDER BY t.sequence;`);
    return story && { ...story, entries };
  }

  async find(tenantId: TenantId, saleId: SaleId): Promise<http.SaleView | undefined> {
    const [found] = await this.#database.forTenant(tenantId).query(SaleRow, sql`
      SELECT s.sale_id AS saleId, s.store_id AS storeId, s.phase, s.asked, s.results, s.because, s.needs_attention AS needsAttention, s.updated_at AS updatedAt
      FROM checkout_saga AS s
      WHERE s.tenant_id = ${varchar(40, tenantId)}
        AND s.sale_id = ${varchar(36, saleId)};`);
    return found && viewOf(found);
  }

  stuck(tenantId: TenantId, storeId?: StoreId): Promise<readonly Stuck[]> {
    return this.#database.forTenant(tenantId).query(StuckRow, sql`
      SELECT TOP (200) s.sale_id AS saleId, s.store_id AS storeId, s.phase, s.needs_attention AS why, s.attempts,
        s.started_at AS startedAt, s.updated_at AS lastAskedAt
      FROM checkout_saga AS s
      WHERE s.tenant_id = ${varchar(40, tenantId)}
        AND s.needs_attention IS NOT NULL${storeId === undefined ? nothing : sql`
        AND s.store_id = ${varchar(40, storeId)}`}
      ORDER BY s.started_at;`);
  }

  /** For all tenants, because time passes for all alike; each timer is then handled under its own. */
  async due(now: number, limit: number): Promise<readonly DueTimer[]> {
    const rows = await this.#database.forEveryTenant().query(DueRow, sql`
      SELECT TOP (${int(limit)}) s.tenant_id AS tenantId, s.sale_id AS saleId, s.store_id AS storeId, s.traceparent
      FROM checkout_saga AS s
      WHERE s.wake_at <= ${datetime2(new Date(now))}
      ORDER BY s.wake_at;`);
    return rows.map(({ traceparent, ...row }) => ({ ...row, ...(traceparent !== null && { traceparent }) }));
  }
}

function viewOf({ saleId, storeId, phase, asked, results, because, needsAttention, updatedAt }: SaleRow): http.SaleView | undefined {
  if (!asked) return undefined;
  const { acceptedVia = 'sql', ...summary } = asked;
  const view: http.SaleView = { saleId, storeId, phase, acceptedVia, ...summary };
  if (phase === 'cancelled') return { ...view, endedAt: updatedAt.toISOString(), ...(because && { reason: because }) };
  if (phase !== 'completed') return { ...view, ...(needsAttention !== null && { needsAttention }) };
  const { receiptNumber } = results['issue receipt'] ?? {};
  const { changeMinor } = results['capture payment'] ?? {};
  return {
    ...view,
    endedAt: updatedAt.toISOString(),
    ...(typeof receiptNumber === 'string' && { receiptNumber }),
    ...(typeof changeMinor === 'number' && { changeMinor }),
  };
}
