import { json, sql, type Database } from '@checkout/sql';
import { z } from 'zod';
import type { KeptHearings } from '../application/ports.ts';
import type { Progress } from '../domain/progress.ts';

/** Table: `migrations/0005-participant-heard.sql`, `0006-late-answers.sql`. */
const ProgressRow = z
  .object({ participant: z.string(), partition: z.string(), askedAt: z.date(), lateAskedAt: z.date().nullable(), lateAnsweredAt: z.date().nullable() })
  .transform(({ askedAt, lateAskedAt, lateAnsweredAt, ...row }): Progress => ({
    ...row,
    askedAt: askedAt.getTime(),
    ...(lateAskedAt && lateAnsweredAt && { late: { askedAt: lateAskedAt.getTime(), answeredAt: lateAnsweredAt.getTime() } }),
  }));

const timeOf = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

/** A row for each participant and partition: a few dozen at the most. */
export class SqlHearings implements KeptHearings {
  readonly #database: Pick<Database, 'query' | 'commit'>;

  constructor(database: Pick<Database, 'query' | 'commit'>) {
    this.#database = database;
  }

  read(): Promise<readonly Progress[]> {
    return this.#database.query(ProgressRow, sql`
      SELECT h.participant, h.partition_id AS partition, h.asked_at AS askedAt, h.late_asked_at AS lateAskedAt, h.late_answered_at AS lateAnsweredAt
      FROM participant_heard AS h;`);
  }

  /** The later of two stands, whoever writes last. Two processes that write the first row of one key at once: one is told of a conflict. */
  async write(known: readonly Progress[]): Promise<void> {
    const rows = json(known.map(({ participant, partition, askedAt, late }) => (
      { participant, partition, askedAt: timeOf(askedAt), lateAskedAt: timeOf(late?.askedAt), lateAnsweredAt: timeOf(late?.answeredAt) })));
    await this.#database.commit(sql`
      UPDATE h
      SET asked_at = j.askedAt
      FROM OPENJSON(${rows}) WITH (participant VARCHAR(40) '$.participant', partition VARCHAR(40) '$.partition', askedAt DATETIME2(3) '$.askedAt') AS j
      JOIN participant_heard AS h
        ON h.participant = j.participant COLLATE Latin1_General_100_BIN2 AND h.partition_id = j.partition COLLATE Latin1_General_100_BIN2
      WHERE h.asked_at < j.askedAt;

      UPDATE h
      SET late_asked_at = j.lateAskedAt, late_answered_at = j.lateAnsweredAt
      FROM OPENJSON(${rows}) WITH (participant VARCHAR(40) '$.participant', partition VARCHAR(40) '$.partition', lateAskedAt DATETIME2(3) '$.lateAskedAt', lateAnsweredAt DATETIME2(3) '$.lateAnsweredAt') AS j
      JOIN participant_heard AS h
        ON h.participant = j.participant COLLATE Latin1_General_100_BIN2 AND h.partition_id = j.partition COLLATE Latin1_General_100_BIN2
      WHERE j.lateAnsweredAt IS NOT NULL AND (h.late_answered_at IS NULL OR h.late_answered_at < j.lateAnsweredAt);

      INSERT INTO participant_heard (participant, partition_id, asked_at, late_asked_at, late_answered_at)
      SELECT j.participant, j.partition, j.askedAt, j.lateAskedAt, j.lateAnsweredAt
      FROM OPENJSON(${rows}) WITH (participant VARCHAR(40) '$.participant', partition VARCHAR(40) '$.partition', askedAt DATETIME2(3) '$.askedAt', lateAskedAt DATETIME2(3) '$.lateAskedAt', lateAnsweredAt DATETIME2(3) '$.lateAnsweredAt') AS j
      WHERE NOT EXISTS (
        SELECT 1
        FROM participant_heard AS h
        WHERE h.participant = j.participant COLLATE Latin1_General_100_BIN2 AND h.partition_id = j.partition COLLATE Latin1_General_100_BIN2);`);
  }
}
