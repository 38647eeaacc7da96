import { datetime2, json, nvarchar, sql, varchar, type Database, type Sql } from '@checkout/sql';
import { z } from 'zod';
import type { OpenBreaker, Reports } from '../application/ports.ts';
import { gathered } from './gathered.ts';

const OpenRow = z.object({ dependency: z.string(), cause: z.string().nullable(), incidentId: z.string().nullable(), at: z.date() });

type ReplayHandled = Parameters<Reports['replayHandled']>[0];

/** What services tell on `operations`: outcomes of replays into `replay_item`, breakers into `told_breaker`. Told twice or late, it changes nothing. */
export class SqlReports implements Reports {
  readonly #database: Pick<Database, 'query' | 'commit'>;
  /** Outcomes come one message at a time and by the hundreds: those that come while others are being written are written together. */
  readonly replayHandled = gathered((reports: readonly ReplayHandled[]) => this.#database.commit(note(reports)));

  constructor(database: Pick<Database, 'query' | 'commit'>) {
    this.#database = database;
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

/** What is told first stays. */
function note(reports: readonly ReplayHandled[]): Sql {
  const outcomes = new Map(reports.toReversed().map(({ messageId, outcome }) => [messageId, outcome]));
  return sql`
    UPDATE i
    SET outcome = j.o, state = IIF(i.state = 'sent', j.o, i.state)
    FROM replay_item AS i
    JOIN OPENJSON(${json([...outcomes].map(([m, o]) => ({ m, o })))}) WITH (m VARCHAR(128) '$.m', o VARCHAR(12) '$.o') AS j ON i.replay_id = j.m COLLATE Latin1_General_100_BIN2
    WHERE i.state IN ('sending', 'sent') AND i.outcome IS NULL;`;
}
