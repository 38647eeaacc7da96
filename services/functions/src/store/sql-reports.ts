import { datetime2, nvarchar, sql, varchar, type Database } from '@checkout/sql';
import { z } from 'zod';
import type { OpenBreaker, Reports } from '../application/ports.ts';

const OpenRow = z.object({ dependency: z.string(), cause: z.string().nullable(), incidentId: z.string().nullable(), at: z.date() });

/** What services tell on `operations`: outcomes of replays into `replay_item`, breakers into `told_breaker`. Told twice or late, it changes nothing. */
export class SqlReports implements Reports {
  readonly #database: Pick<Database, 'query' | 'commit'>;

  constructor(database: Pick<Database, 'query' | 'commit'>) {
    this.#database = database;
  }

  replayHandled({ messageId, outcome }: { readonly messageId: string; readonly outcome: 'applied' | 'no-op' }): Promise<void> {
    return this.#database.commit(sql`
      UPDATE replay_item
      SET outcome = ${varchar(12, outcome)}, state = IIF(state = 'sent', ${varchar(12, outcome)}, state)
      WHERE replay_id = ${varchar(128, messageId)} AND state IN ('sending', 'sent') AND outcome IS NULL;`);
  }

  breakerChanged({ service, instance, dependency, state, cause, incidentId, at }: Parameters<Reports['breakerChanged']>[0]): Promise<void> {
    return this.#database.commit(sql`
      UPDATE told_breaker
      SET state = ${varchar(12, state)}, cause = ${nvarchar(400, cause ?? null)}, incident_id = ${varchar(60, incidentId ?? null)}, told_at = ${datetime2(at)}
      WHERE service = ${varchar(60, service)} AND instance = ${varchar(120, instance)} AND dependency = ${varchar(120, dependency)} AND told_at <= ${datetime2(at)};
      IF @@ROWCOUNT = 0
        INSERT INTO told_breaker (service, instance, dependency, state, cause, incident_id, told_at)
        SELECT ${varchar(60, service)}, ${varchar(120, instance)}, ${varchar(120, dependency)}, ${varchar(12, state)}, ${nvarchar(400, cause ?? null)}, ${varchar(60, incidentId ?? null)}, ${datetime2(at)}
        WHERE NOT EXISTS (
          SELECT 1 FROM told_breaker
          WHERE service = ${varchar(60, service)} AND instance = ${varchar(120, instance)} AND dependency = ${varchar(120, dependency)}
        );`);
  }

  async openBreakers(service: string, since: Date): Promise<readonly OpenBreaker[]> {
    const rows = await this.#database.query(OpenRow, sql`
      SELECT t.dependency, t.cause, t.incident_id AS incidentId, t.told_at AS at
      FROM told_breaker AS t
      WHERE t.service = ${varchar(60, service)} AND t.state = 'open' AND t.told_at >= ${datetime2(since)};`);
    return rows.map(({ dependency, cause, incidentId, at }) => ({ dependency, at, ...(cause !== null && { cause }), ...(incidentId !== null && { incidentId }) }));
  }
}
