import { bigintColumn, int, json, nothing, safeIntegerColumn, sql, varchar, type Sql } from '@checkout/sql';
import { z } from 'zod';
import type { DeadLetter, Place, Value } from '../domain/dead-letter.ts';

/** What an entry counts for in its group. */
export interface Counted extends Place {
  readonly tenantId: string;
  readonly signature: string;
  readonly storeId?: string;
  readonly value?: Value;
  readonly failedAt: Date;
}

export const countedOf = (letter: DeadLetter): Counted => ({ ...letter, failedAt: letter.facts.lastFailedAt ?? letter.enqueuedAt });

export const CountedRow = z
  .object({
    topic: z.string(), subscription: z.string(), sequenceNumber: bigintColumn, tenantId: z.string(), signature: z.string(), storeId: z.string().nullable(),
    currency: z.string().nullable(), valueMinor: safeIntegerColumn.nullable(), failedAt: z.date(), state: z.string(),
  })
  .transform(({ storeId, currency, valueMinor, ...row }): Counted & { readonly state: string } => ({
    ...row,
    ...(storeId !== null && { storeId }),
    ...(currency !== null && valueMinor !== null && { value: { currency, minor: valueMinor } }),
  }));

/** What `CountedRow` reads: without bodies and facts, which are most of an entry. */
export const countedColumns = sql`
  d.topic, d.subscription, d.sequence_number AS sequenceNumber, d.tenant_id AS tenantId, d.signature, d.store_id AS storeId, d.currency, d.value_minor AS valueMinor,
  d.failed_at AS failedAt, d.state`;

/** What a tally says of a dead letter without a store, or without money. */
export const none = '-';

/** Counts entries into their groups, or out of them again. */
export function tally(letters: readonly Counted[], sign: 1 | -1): Sql {
  const sums = new Map<string, { t: string; s: string; st: string; c: string; h: string; w: number; v: number; f: string; l: string }>();
  for (const letter of letters) {
    const at = letter.failedAt.toISOString().replace('Z', '');
    const hour = `${at.slice(0, 13)}:00:00.000`;
    const row = { t: letter.tenantId, s: letter.signature, st: letter.storeId ?? none, c: letter.value?.currency ?? none, h: hour };
    const key = Object.values(row).join(' ');
    const sum = sums.get(key) ?? { ...row, w: 0, v: 0, f: at, l: at };
    sum.w += sign;
    sum.v += sign * (letter.value?.minor ?? 0);
    if (at < sum.f) sum.f = at;
    if (at > sum.l) sum.l = at;
    sums.set(key, sum);
  }
  const rows = json([...sums.values()].map((row) => ({ ...row, v: String(row.v) })));
  return sql`
    UPDATE t
    SET waiting = t.waiting + j.w, value_minor = t.value_minor + j.v,
      first_failed_at = IIF(j.f < t.first_failed_at, j.f, t.first_failed_at), last_failed_at = IIF(j.l > t.last_failed_at, j.l, t.last_failed_at)
    FROM failure_tally AS t
    JOIN OPENJSON(${rows}) WITH (
      t VARCHAR(60) '$.t', s VARCHAR(32) '$.s', st VARCHAR(60) '$.st', c VARCHAR(3) '$.c', h DATETIME2(3) '$.h', w INT '$.w', v BIGINT '$.v', f DATETIME2(3) '$.f', l DATETIME2(3) '$.l'
    ) AS j ON t.tenant_id = j.t COLLATE Latin1_General_100_BIN2 AND t.signature = j.s COLLATE Latin1_General_100_BIN2
      AND t.store_id = j.st COLLATE Latin1_General_100_BIN2 AND t.currency = j.c COLLATE Latin1_General_100_BIN2 AND t.hour = j.h;
    INSERT INTO failure_tally (tenant_id, signature, store_id, currency, hour, waiting, value_minor, first_failed_at, last_failed_at)
    SELECT j.t, j.s, j.st, j.c, j.h, j.w, j.v, j.f, j.l
    FROM OPENJSON(${rows}) WITH (
      t VARCHAR(60) '$.t', s VARCHAR(32) '$.s', st VARCHAR(60) '$.st', c VARCHAR(3) '$.c', h DATETIME2(3) '$.h', w INT '$.w', v BIGINT '$.v', f DATETIME2(3) '$.f', l DATETIME2(3) '$.l'
    ) AS j
    WHERE NOT EXISTS (
      SELECT 1 FROM failure_tally AS t
      WHERE t.tenant_id = j.t COLLATE Latin1_General_100_BIN2 AND t.signature = j.s COLLATE Latin1_General_100_BIN2
        AND t.store_id = j.st COLLATE Latin1_General_100_BIN2 AND t.currency = j.c COLLATE Latin1_General_100_BIN2 AND t.hour = j.h
    );`;
}

/** Entries that wait no more, taken out of their groups' counts. */
export const leave = (letters: readonly Counted[], state: 'moving' | 'gone'): Sql => become(letters, 'waiting', state, -1);

/** Entries that wait again after all. */
export const comeBack = (letters: readonly Counted[]): Sql => become(letters, 'moving', 'waiting', 1);

const become = (letters: readonly Counted[], before: 'waiting' | 'moving', after: 'waiting' | 'moving' | 'gone', each: 1 | -1): Sql => letters.length === 0 ? nothing : sql`
  UPDATE d
  SET state = ${varchar(10, after)}
  FROM dead_letter AS d
  JOIN OPENJSON(${json(letters.map(({ topic, subscription, sequenceNumber }) => ({ t: topic, s: subscription, n: String(sequenceNumber) })))}) WITH (
    t VARCHAR(60) '$.t', s VARCHAR(60) '$.s', n BIGINT '$.n'
  ) AS j ON d.topic = j.t COLLATE Latin1_General_100_BIN2 AND d.subscription = j.s COLLATE Latin1_General_100_BIN2 AND d.sequence_number = j.n
  WHERE d.state = ${varchar(10, before)};
  IF @@ROWCOUNT <> ${int(letters.length)} THROW 51001, 'conflict', 1;
  ${tally(letters, each)}`;
