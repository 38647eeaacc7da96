import { RefundId, SaleId, StoreId, TenantId } from '@checkout/contracts';
import { datetime2, int, sql, type Database } from '@checkout/sql';
import { z } from 'zod';
import type { OverdueRefund, OverdueTenders } from '../application/ports.ts';

const OverdueRow = z.object({ tenantId: TenantId, storeId: StoreId, saleId: SaleId, refundId: RefundId, position: z.int(), round: z.int(), attempt: z.int() });

/** What is overdue of refunds, for the resolver. */
export class SqlRefundReader implements OverdueTenders<OverdueRefund> {
  readonly #database: Pick<Database, 'forEveryTenant'>;

  constructor(database: Pick<Database, 'forEveryTenant'>) {
    this.#database = database;
  }

  /** For all tenants, because time is up for all alike; each part is then handled under its own. */
  find(now: number, limit: number): Promise<OverdueRefund[]> {
    return this.#database.forEveryTenant().query(OverdueRow, sql`
      SELECT TOP (${int(limit)}) p.tenant_id AS tenantId, r.store_id AS storeId, p.sale_id AS saleId, p.refund_id AS refundId, p.position, 1 AS round, p.attempt
      FROM refund_part AS p
      INNER JOIN refund AS r ON r.tenant_id = p.tenant_id AND r.sale_id = p.sale_id AND r.refund_id = p.refund_id
      WHERE p.next_attempt_at IS NOT NULL AND p.next_attempt_at <= ${datetime2(new Date(now))}
      ORDER BY p.next_attempt_at;`);
  }
}
