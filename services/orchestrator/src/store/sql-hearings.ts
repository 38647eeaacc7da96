import { json, sql, type Database } from '@checkout/sql';
import { z } from 'zod';
import type { KeptHearings } from '../application/ports.ts';
import type { Hearing } from '../domain/hearing.ts';

/** Table: `migrations/0005-participant-heard.sql`. */
const HearingRow = z
  .object({ participant: z.string(), partition: z.string(), askedAt: z.date() })
  .transform(({ askedAt, ...row }): Hearing => ({ ...row, askedAt: askedAt.getTime() }));

/** A row for each participant and partition: a few dozen at the most. */
export class SqlHearings implements KeptHearings {
  readonly #database: Pick<Database, 'query' | 'commit'>;

  constructor(database: Pick<Database, 'query' | 'commit'>) {
    this.#database = database;
  }

  read(): Promise<readonly Hearing[]> {
    return this.#database.query(HearingRow, sql`
      SELECT h.participant, h.partition_id AS partition, h.asked_at AS askedAt
      FROM participant_heard AS h;`);
  }

  /** The later of two stands, whoever writes last. Two processes that write the first row of one key at once: one is told of a conflict. */
  async write(hearings: readonly Hearing[]): Promise<void> {
    const rows = json(hearings.map(({ askedAt, ...key }) => ({ ...key, askedAt: new Date(askedAt).toISOString() })));
    await this.#database.commit(sql`
      UPDATE h
      SET asked_at = j.askedAt
      FROM OPENJSON(${rows}) WITH (participant VARCHAR(40) '$.participant', partition VARCHAR(40) '$.partition', askedAt DATETIME2(3) '$.askedAt') AS j
      JOIN participant_heard AS h
        ON h.participant = j.participant COLLATE Latin1_General_100_BIN2 AND h.partition_id = j.partition COLLATE Latin1_General_100_BIN2
      WHERE h.asked_at < j.askedAt;

      INSERT INTO participant_heard (participant, partition_id, asked_at)
      SELECT j.participant, j.partition, j.askedAt
      FROM OPENJSON(${rows}) WITH (participant VARCHAR(40) '$.participant', partition VARCHAR(40) '$.partition', askedAt DATETIME2(3) '$.askedAt') AS j
      WHERE NOT EXISTS (
        SELECT 1
        FROM participant_heard AS h
        WHERE h.participant = j.participant COLLATE Latin1_General_100_BIN2 AND h.partition_id = j.partition COLLATE Latin1_General_100_BIN2);`);
  }
}
