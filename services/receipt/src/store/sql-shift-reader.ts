import { CommandId } from '@checkout/contracts';
import type * as kernel from '@checkout/kernel';
import { json, sql, varchar, type Database } from '@checkout/sql';
import { z } from 'zod';
import { saleIdsOf } from '../application/read-shift.ts';
import type { ShiftReader } from '../application/shift-ports.ts';
import type { ReceiptDocument } from '../domain/receipt.ts';
import type { GivenBack } from '../domain/shift-figures.ts';
import type { Shift } from '../domain/shift.ts';
import { refundColumns, RefundRow } from './refund-rows.ts';
import { ReceiptRow } from './rows.ts';
import { ShiftRow } from './shift-row.ts';
import { shiftColumns } from './sql-shifts.ts';

const CommandRow = z.object({ commandId: CommandId });

/** Shifts and their sales, as they are read beside the hot path. */
export class SqlShiftReader implements ShiftReader {
  readonly #database: Pick<Database, 'forTenant'>;

  constructor(database: Pick<Database, 'forTenant'>) {
    this.#database = database;
  }

  async find(tenantId: kernel.TenantId, shiftId: kernel.ShiftId): Promise<Shift | undefined> {
    const [shift] = await this.#database.forTenant(tenantId).query(ShiftRow, sql`
      SELECT ${shiftColumns}
      FROM shift AS s
      WHERE s.tenant_id = ${varchar(40, tenantId)} AND s.shift_id = ${varchar(64, shiftId)};`);
    return shift;
  }

  async sales(tenantId: kernel.TenantId, shiftId: kernel.ShiftId): Promise<readonly ReceiptDocument[]> {
    const receipts = await this.#database.forTenant(tenantId).query(ReceiptRow, sql`
      SELECT r.tenant_id AS tenantId, r.store_id AS storeId, r.sale_id AS saleId, r.command_id AS commandId, r.till_id AS tillId,
        r.series, r.number, r.issued_at AS issuedAt, r.document
      FROM receipt AS r
      WHERE r.tenant_id = ${varchar(40, tenantId)} AND r.shift_id = ${varchar(64, shiftId)};`);
    return receipts.map(({ document }) => document);
  }

  async refunds(tenantId: kernel.TenantId, shiftId: kernel.ShiftId): Promise<readonly GivenBack[]> {
    const found = await this.#database.forTenant(tenantId).query(RefundRow, sql`
      SELECT ${refundColumns}
      FROM refund AS f
      WHERE f.tenant_id = ${varchar(40, tenantId)} AND f.shift_id = ${varchar(64, shiftId)} AND f.state = 'completed';`);
    return found.map(({ commandId, totalMinor, document: { parts } }) => ({ commandId, totalMinor, parts }));
  }

  async arrived(tenantId: kernel.TenantId, commandIds: readonly kernel.CommandId[]): Promise<readonly kernel.CommandId[]> {
    if (commandIds.length === 0) return [];
    const found = await this.#database.forTenant(tenantId).query(CommandRow, sql`
      SELECT j.commandId
      FROM OPENJSON(${json(saleIdsOf(tenantId, commandIds))})
        WITH (commandId VARCHAR(36) '$.commandId', saleId VARCHAR(36) '$.saleId') AS j
      JOIN receipt AS r ON r.tenant_id = ${varchar(40, tenantId)} AND r.sale_id = j.saleId COLLATE Latin1_General_100_BIN2;`);
    return found.map(({ commandId }) => commandId);
  }

  newest(tenantId: kernel.TenantId, storeId: kernel.StoreId | undefined): Promise<readonly Shift[]> {
    const ofStore = storeId === undefined ? sql`` : sql` AND s.store_id = ${varchar(40, storeId)}`;
    return this.#database.forTenant(tenantId).query(ShiftRow, sql`
      SELECT TOP (50) ${shiftColumns}
      FROM shift AS s
      WHERE s.tenant_id = ${varchar(40, tenantId)}${ofStore}
      ORDER BY s.first_heard_at DESC;`);
  }
}
