import type { Site } from '@checkout/local-network';
import mssql from 'mssql';

/** What cart's database has of one command, read past the product; -1 while it cannot be read. */
export async function cartRows(site: Site, commandId: string): Promise<{ readonly checkouts: number; readonly chunks: number }> {
  const pool = new mssql.ConnectionPool(site.sqlConnection('cart'));
  try {
    await pool.connect();
    const { recordset } = await pool.request().input('id', mssql.VarChar(36), commandId).query<{ checkouts: number; chunks: number }>(`
      EXEC sp_set_session_context @key = N'scope', @value = 'service';
      SELECT (SELECT COUNT(*) FROM checkout WHERE command_id = @id) AS checkouts, (SELECT COUNT(*) FROM outbox) AS chunks;`);
    return recordset[0] ?? { checkouts: -1, chunks: -1 };
  } catch {
    return { checkouts: -1, chunks: -1 };
  } finally {
    await pool.close();
  }
}
