import type { RefundId, SaleId, TenantId } from '@checkout/kernel';
import { sql, varchar, type Database } from '@checkout/sql';
import type { RefundReader } from '../application/refund-ports.ts';
import type { Refund, RefundsOfSale } from '../domain/refund.ts';
import type { Receipt } from '../domain/receipt.ts';
import { refundColumns, RefundRow } from './refund-rows.ts';
import { ReceiptRow } from './rows.ts';

/** Refunds, as tills and the back office read them. */
export class SqlRefundReader implements RefundReader {
  readonly #database: Pick<Database, 'forTenant'>;

  constructor(database: Pick<Database, 'forTenant'>) {
    this.#database = database;
  }

  async byCommand(tenantId: TenantId, refundId: RefundId): Promise<Refund | undefined> {
    const [refund] = await this.#database.forTenant(tenantId).query(RefundRow, sql`
      SELECT ${refundColumns}
      FROM refund AS f
      WHERE f.tenant_id = ${varchar(40, tenantId)} AND f.refund_id = ${varchar(36, refundId)};`);
    return refund;
  }

  async ofSale(tenantId: TenantId, saleId: SaleId): Promise<{ readonly receipt: Receipt; readonly of: RefundsOfSale } | undefined> {
    const [[receipt], refunds] = await this.#database.forTenant(tenantId).queries([ReceiptRow, RefundRow], sql`
      SELECT r.tenant_id AS tenantId, r.store_id AS storeId, r.sale_id AS saleId, r.command_id AS commandId, r.till_id AS tillId,
        r.series, r.number, r.issued_at AS issuedAt, r.document
      FROM receipt AS r
      WHERE r.tenant_id = ${varchar(40, tenantId)} AND r.sale_id = ${varchar(36, saleId)};
      SELECT ${refundColumns}
      FROM refund AS f
      WHERE f.tenant_id = ${varchar(40, tenantId)} AND f.sale_id = ${varchar(36, saleId)}
      ORDER BY f.accepted_at, f.refund_id;`);
    return receipt && { receipt, of: { version: 0, refunds } };
  }
}
