import type { Site } from '@checkout/local-network';
import mssql from 'mssql';

export type Participant = 'orchestrator' | 'inventory' | 'payment';

/** How a sale stands in the words of each database. */
const stateOf: Readonly<Record<Participant, string>> = {
  orchestrator: 'SELECT phase AS state FROM checkout_saga WHERE sale_id = @id;',
  inventory: 'SELECT state FROM reservation WHERE sale_id = @id;',
  payment: 'SELECT state FROM tender WHERE sale_id = @id;',
};

/** What a participant's database has of one sale, read past the product. */
export interface SaleRows {
  /** Undefined while it knows nothing of the sale. */
  readonly state: string | undefined;
  /** Types of the messages about it that are in the outbox. */
  readonly outbox: readonly string[];
}

export async function saleRows(site: Site, participant: Participant, saleId: string): Promise<SaleRows> {
  const [found, left] = await read<{ state?: string; messages?: string }>(site, participant, saleId, `${stateOf[participant]} SELECT messages FROM outbox;`);
  const messages = (left ?? []).flatMap(({ messages: chunk = '[]' }) => JSON.parse(chunk) as { envelope: { type: string; saleId?: string } }[]);
  return { state: found?.[0]?.state, outbox: messages.filter(({ envelope }) => envelope.saleId === saleId).map(({ envelope }) => envelope.type) };
}

/** What the orchestrator's time line tells of a sale so far, leaving out whom it had to ask again. */
export async function toldSoFar(site: Site, saleId: string): Promise<readonly string[]> {
  const [entries = []] = await read<{ event: string; step: string | null }>(site, 'orchestrator', saleId, `
    SELECT event, step FROM timeline WHERE sale_id = @id AND event <> 'asked-again' ORDER BY sequence;`);
  return entries.map(({ event, step }) => step ?? event);
}

async function read<Row>(site: Site, participant: Participant, saleId: string, select: string): Promise<Row[][]> {
  const pool = new mssql.ConnectionPool(site.sqlConnection(participant));
  try {
    await pool.connect();
    const { recordsets } = await pool.request().input('id', mssql.VarChar(36), saleId).query(`EXEC sp_set_session_context @key = N'scope', @value = 'service'; ${select}`);
    return recordsets as unknown as Row[][];
  } finally {
    await pool.close();
  }
}
