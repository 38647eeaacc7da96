import { Conflict, bigint, int, json, join, nothing, safeIntegerColumn, sql, varchar, nvarchar, datetime2, bigintColumn, type Database, type Sql } from '@checkout/sql';
import { z } from 'zod';
import type { DeadLetter, Value } from '../domain/dead-letter.ts';
import type { Selection } from '../domain/selection.ts';
import type { Group, GroupFilter, IndexStore, Queue, Scope } from '../application/ports.ts';
import { FactsColumn, LetterRow } from './rows.ts';

const CursorRow = z.object({ nextSequence: bigintColumn });
const GroupRow = z.object({
  tenantId: z.string(), signature: z.string(), topic: z.string(), subscription: z.string(), type: z.string(), facts: FactsColumn,
});
const TallyRow = z.object({
  tenantId: z.string(), signature: z.string(), storeId: z.string(), currency: z.string(), hour: z.date(), waiting: z.int(), valueMinor: safeIntegerColumn,
  firstFailedAt: z.date(), lastFailedAt: z.date(),
});
const ValueRow = z.object({ sequenceNumber: bigintColumn, currency: z.string(), valueMinor: safeIntegerColumn });

/** What a tally says of a dead letter without a store, or without money. */
const none = '-';

/** Tables `dead_letter`, `failure_group`, `failure_tally` and `index_cursor`. */
export class SqlIndex implements IndexStore {
  readonly #database: Pick<Database, 'query' | 'queries' | 'commit'>;

  constructor(database: Pick<Database, 'query' | 'queries' | 'commit'>) {
    this.#database = database;
  }

  async cursor({ topic, subscription }: Queue): Promise<bigint> {
    const [row] = await this.#database.query(CursorRow, sql`
      SELECT next_sequence AS nextSequence
      FROM index_cursor
      WHERE topic = ${varchar(60, topic)} AND subscription = ${varchar(60, subscription)};`);
    return row?.nextSequence ?? 0n;
  }

  async add(queue: Queue, letters: readonly DeadLetter[], cursor: bigint): Promise<boolean> {
    try {
      await this.#database.commit(join([
        ...(letters.length === 0 ? [] : [this.#insert(letters), this.#insertGroups(letters), tally(letters, 1), failedAgain(letters)]),
        this.#moveCursor(queue, cursor),
      ]));
      return true;
    } catch (error) {
      if (error instanceof Conflict) return false;
      throw error;
    }
  }

  async markGone({ topic, subscription }: Queue, from: bigint, to: bigint, present: readonly bigint[]): Promise<number> {
    const absent = await this.#database.query(LetterRow, sql`
      SELECT ${columns}
      FROM dead_letter AS d
      WHERE d.topic = ${varchar(60, topic)}
        AND d.subscription = ${varchar(60, subscription)}
        AND d.sequence_number BETWEEN ${bigint(from)} AND ${bigint(to)}
        AND d.state = 'waiting'
        AND NOT EXISTS (
          SELECT 1 FROM OPENJSON(${json(present.map((number) => ({ n: String(number) })))}) WITH (n BIGINT '$.n') AS p WHERE p.n = d.sequence_number
        );`);
    if (absent.length === 0) return 0;
    await this.#database.commit(leave(absent, 'gone'));
    return absent.length;
  }

  async groups({ scope, subscription, storeId, type, reason }: GroupFilter): Promise<readonly Group[]> {
    const [groups, tallies] = await this.#database.queries([GroupRow, TallyRow], sql`
      SELECT g.tenant_id AS tenantId, g.signature, g.topic, g.subscription, g.type, g.facts
      FROM failure_group AS g
      WHERE EXISTS (SELECT 1 FROM failure_tally AS t WHERE t.tenant_id = g.tenant_id AND t.signature = g.signature AND t.waiting > 0)
        ${of('g.tenant_id', scope)}
        ${subscription === undefined ? nothing : sql`AND g.subscription = ${varchar(60, subscription)}`}
        ${type === undefined ? nothing : sql`AND g.type = ${varchar(120, type)}`}
        ${reason === undefined ? nothing : sql`AND g.reason = ${varchar(128, reason)}`};
      SELECT t.tenant_id AS tenantId, t.signature, t.store_id AS storeId, t.currency, t.hour, t.waiting, t.value_minor AS valueMinor,
        t.first_failed_at AS firstFailedAt, t.last_failed_at AS lastFailedAt
      FROM failure_tally AS t
      WHERE t.waiting > 0
        ${of('t.tenant_id', scope)}
        ${storeId === undefined ? nothing : sql`AND t.store_id = ${varchar(60, storeId)}`}
      ORDER BY t.hour;`);
    const byGroup = Map.groupBy(tallies, (row) => `${row.tenantId} ${row.signature}`);
    return groups
      .flatMap((group) => {
        const rows = byGroup.get(`${group.tenantId} ${group.signature}`);
        return rows ? [{ ...group, ...summed(rows) }] : [];
      })
      .toSorted((left, right) => right.waiting - left.waiting);
  }

  letters(scope: Scope, selection: Selection, limit: number): Promise<readonly DeadLetter[]> {
    return this.#database.query(LetterRow, sql`
      SELECT TOP (${int(limit)}) ${columns}
      FROM dead_letter AS d
      WHERE d.state = 'waiting' ${of('d.tenant_id', scope)} ${fitting(selection)}
      ORDER BY d.topic, d.subscription, d.sequence_number;`);
  }

  async values(scope: Scope, planId: string): Promise<readonly { readonly sequenceNumber: bigint; readonly value: Value }[]> {
    const rows = await this.#database.query(ValueRow, sql`
      SELECT d.sequence_number AS sequenceNumber, d.currency, d.value_minor AS valueMinor
      FROM replay_item AS i
      JOIN replay_plan AS p ON p.plan_id = i.plan_id
      JOIN dead_letter AS d ON d.topic = JSON_VALUE(p.document, '$.topic') COLLATE Latin1_General_100_BIN2
        AND d.subscription = JSON_VALUE(p.document, '$.subscription') COLLATE Latin1_General_100_BIN2
        AND d.sequence_number = i.sequence_number
      WHERE i.plan_id = ${varchar(36, planId)} AND d.value_minor IS NOT NULL ${of('i.tenant_id', scope)};`);
    return rows.map(({ sequenceNumber, currency, valueMinor }) => ({ sequenceNumber, value: { currency, minor: valueMinor } }));
  }

  #insert(letters: readonly DeadLetter[]): Sql {
    return sql`
      INSERT INTO dead_letter (topic, subscription, sequence_number, tenant_id, store_id, sale_id, message_id, type, signature, facts, body_text, currency, value_minor,
        failed_at, enqueued_at, delivery_count, replay_of, replay_count, state)
      SELECT j.topic, j.subscription, j.sequenceNumber, j.tenantId, j.storeId, j.saleId, j.messageId, j.type, j.signature, j.facts, j.bodyText, j.currency, j.valueMinor,
        j.failedAt, j.enqueuedAt, j.deliveryCount, j.replayOf, j.replayCount, 'waiting'
      FROM OPENJSON(${json(letters.map(written))}) WITH (
        topic VARCHAR(60) '$.topic', subscription VARCHAR(60) '$.subscription', sequenceNumber BIGINT '$.sequenceNumber', tenantId VARCHAR(60) '$.tenantId',
        storeId VARCHAR(60) '$.storeId', saleId VARCHAR(60) '$.saleId', messageId VARCHAR(128) '$.messageId', type VARCHAR(120) '$.type', signature VARCHAR(32) '$.signature',
        facts NVARCHAR(MAX) '$.facts', bodyText NVARCHAR(4000) '$.bodyText', currency VARCHAR(3) '$.currency', valueMinor BIGINT '$.valueMinor',
        failedAt DATETIME2(3) '$.failedAt', enqueuedAt DATETIME2(3) '$.enqueuedAt', deliveryCount INT '$.deliveryCount', replayOf VARCHAR(128) '$.replayOf',
        replayCount INT '$.replayCount'
      ) AS j
      WHERE NOT EXISTS (
        SELECT 1 FROM dead_letter AS d
        WHERE d.topic = j.topic COLLATE Latin1_General_100_BIN2 AND d.subscription = j.subscription COLLATE Latin1_General_100_BIN2 AND d.sequence_number = j.sequenceNumber
      );
      IF @@ROWCOUNT <> ${int(letters.length)} THROW 51001, 'conflict', 1;`;
  }

  #insertGroups(letters: readonly DeadLetter[]): Sql {
    const groups = new Map(letters.map((letter) => [`${letter.tenantId} ${letter.signature}`, letter]));
    return sql`
      INSERT INTO failure_group (tenant_id, signature, topic, subscription, type, reason, facts)
      SELECT j.tenantId, j.signature, j.topic, j.subscription, j.type, j.reason, j.facts
      FROM OPENJSON(${json([...groups.values()].map((letter) => ({ ...written(letter), reason: letter.facts.reason })))}) WITH (
        tenantId VARCHAR(60) '$.tenantId', signature VARCHAR(32) '$.signature', topic VARCHAR(60) '$.topic', subscription VARCHAR(60) '$.subscription',
        type VARCHAR(120) '$.type', reason VARCHAR(128) '$.reason', facts NVARCHAR(MAX) '$.facts'
      ) AS j
      WHERE NOT EXISTS (
        SELECT 1 FROM failure_group AS g
        WHERE g.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND g.signature = j.signature COLLATE Latin1_General_100_BIN2
      );`;
  }

  #moveCursor({ topic, subscription }: Queue, cursor: bigint): Sql {
    return sql`
      UPDATE index_cursor
      SET next_sequence = ${bigint(cursor)}
      WHERE topic = ${varchar(60, topic)} AND subscription = ${varchar(60, subscription)};
      IF @@ROWCOUNT = 0
        INSERT INTO index_cursor (topic, subscription, next_sequence)
        VALUES (${varchar(60, topic)}, ${varchar(60, subscription)}, ${bigint(cursor)});`;
  }
}

/** What `LetterRow` reads. */
export const columns = sql`
  d.topic, d.subscription, d.sequence_number AS sequenceNumber, d.tenant_id AS tenantId, d.store_id AS storeId, d.sale_id AS saleId, d.message_id AS messageId,
  d.type, d.signature, d.facts, d.body_text AS bodyText, d.currency, d.value_minor AS valueMinor, d.failed_at AS failedAt, d.enqueued_at AS enqueuedAt,
  d.delivery_count AS deliveryCount, d.replay_of AS replayOf, d.replay_count AS replayCount`;

const of = (column: 'g.tenant_id' | 't.tenant_id' | 'd.tenant_id' | 'i.tenant_id', scope: Scope): Sql => {
  if (scope === 'all-tenants') return nothing;
  const tenant = varchar(60, scope.tenantId);
  switch (column) {
    case 'g.tenant_id': return sql`AND g.tenant_id = ${tenant}`;
    case 't.tenant_id': return sql`AND t.tenant_id = ${tenant}`;
    case 'd.tenant_id': return sql`AND d.tenant_id = ${tenant}`;
    case 'i.tenant_id': return sql`AND i.tenant_id = ${tenant}`;
  }
};

function fitting({ signature, topic, subscription, tenantId, storeId, saleId, type, failedFrom, failedUntil, minValueMinor, text, sequenceNumbers }: Selection): Sql {
  return join([
    signature === undefined ? nothing : sql`AND d.signature = ${varchar(32, signature)}`,
    topic === undefined ? nothing : sql`AND d.topic = ${varchar(60, topic)}`,
    subscription === undefined ? nothing : sql`AND d.subscription = ${varchar(60, subscription)}`,
    tenantId === undefined ? nothing : sql`AND d.tenant_id = ${varchar(60, tenantId)}`,
    storeId === undefined ? nothing : sql`AND d.store_id = ${varchar(60, storeId)}`,
    saleId === undefined ? nothing : sql`AND d.sale_id = ${varchar(60, saleId)}`,
    type === undefined ? nothing : sql`AND d.type = ${varchar(120, type)}`,
    failedFrom === undefined ? nothing : sql`AND d.failed_at >= ${datetime2(new Date(failedFrom))}`,
    failedUntil === undefined ? nothing : sql`AND d.failed_at < ${datetime2(new Date(failedUntil))}`,
    minValueMinor === undefined ? nothing : sql`AND d.value_minor >= ${bigint(minValueMinor)}`,
    text === undefined ? nothing : sql`AND CHARINDEX(${nvarchar(200, text)}, d.body_text) > 0`,
    sequenceNumbers === undefined ? nothing : sql`AND EXISTS (SELECT 1 FROM OPENJSON(${json(sequenceNumbers.map((n) => ({ n })))}) WITH (n BIGINT '$.n') AS s WHERE s.n = d.sequence_number)`,
  ]);
}

/** An entry as a row of JSON. */
const written = (letter: DeadLetter) => ({
  topic: letter.topic, subscription: letter.subscription, sequenceNumber: String(letter.sequenceNumber), tenantId: letter.tenantId, storeId: letter.storeId ?? null, saleId: letter.saleId ?? null,
  messageId: letter.messageId, type: letter.type, signature: letter.signature, facts: JSON.stringify(letter.facts), bodyText: letter.bodyText,
  currency: letter.value?.currency ?? null, valueMinor: letter.value === undefined ? null : String(letter.value.minor),
  failedAt: failedAt(letter).toISOString().replace('Z', ''), enqueuedAt: letter.enqueuedAt.toISOString().replace('Z', ''), deliveryCount: letter.deliveryCount, replayOf: letter.replayOf ?? null, replayCount: letter.replayCount,
});

const failedAt = ({ facts, enqueuedAt }: DeadLetter): Date => facts.lastFailedAt ?? enqueuedAt;

/** Counts entries into their groups, or out of them again. */
export function tally(letters: readonly DeadLetter[], sign: 1 | -1): Sql {
  const sums = new Map<string, { t: string; s: string; st: string; c: string; h: string; w: number; v: number; f: string; l: string }>();
  for (const letter of letters) {
    const at = failedAt(letter).toISOString().replace('Z', '');
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
export const leave = (letters: readonly DeadLetter[], state: 'moving' | 'gone'): Sql => letters.length === 0 ? nothing : sql`
  UPDATE d
  SET state = ${varchar(10, state)}
  FROM dead_letter AS d
  JOIN OPENJSON(${json(letters.map(({ topic, subscription, sequenceNumber }) => ({ t: topic, s: subscription, n: String(sequenceNumber) })))}) WITH (
    t VARCHAR(60) '$.t', s VARCHAR(60) '$.s', n BIGINT '$.n'
  ) AS j ON d.topic = j.t COLLATE Latin1_General_100_BIN2 AND d.subscription = j.s COLLATE Latin1_General_100_BIN2 AND d.sequence_number = j.n
  WHERE d.state = 'waiting';
  IF @@ROWCOUNT <> ${int(letters.length)} THROW 51001, 'conflict', 1;
  ${tally(letters, -1)}`;

/** Entries that wait again after all. */
export const comeBack = (letters: readonly DeadLetter[]): Sql => letters.length === 0 ? nothing : sql`
  UPDATE d
  SET state = 'waiting'
  FROM dead_letter AS d
  JOIN OPENJSON(${json(letters.map(({ topic, subscription, sequenceNumber }) => ({ t: topic, s: subscription, n: String(sequenceNumber) })))}) WITH (
    t VARCHAR(60) '$.t', s VARCHAR(60) '$.s', n BIGINT '$.n'
  ) AS j ON d.topic = j.t COLLATE Latin1_General_100_BIN2 AND d.subscription = j.s COLLATE Latin1_General_100_BIN2 AND d.sequence_number = j.n
  WHERE d.state = 'moving';
  IF @@ROWCOUNT <> ${int(letters.length)} THROW 51001, 'conflict', 1;
  ${tally(letters, 1)}`;

/** A replay that is dead-lettered again is its item's outcome. */
const failedAgain = (letters: readonly DeadLetter[]): Sql => {
  const again = letters.filter(({ replayCount }) => replayCount > 0).map(({ messageId, facts }) => ({ m: messageId, b: `${facts.reason}: ${facts.description}`.slice(0, 400) }));
  if (again.length === 0) return nothing;
  return sql`
    UPDATE i
    SET outcome = 'failed-again', state = IIF(i.state = 'sent', 'failed-again', i.state), because = j.b
    FROM replay_item AS i
    JOIN OPENJSON(${json(again)}) WITH (m VARCHAR(128) '$.m', b NVARCHAR(400) '$.b') AS j ON i.replay_id = j.m COLLATE Latin1_General_100_BIN2
    WHERE i.state IN ('sending', 'sent');`;
};

function summed(rows: readonly z.output<typeof TallyRow>[]): Omit<Group, keyof z.output<typeof GroupRow>> {
  const add = <Key>(sums: Map<Key, number>, key: Key, value: number): void => void sums.set(key, (sums.get(key) ?? 0) + value);
  const stores = new Map<string, number>();
  const values = new Map<string, number>();
  const hours = new Map<number, number>();
  for (const { storeId, currency, hour, waiting, valueMinor } of rows) {
    if (storeId !== none) add(stores, storeId, waiting);
    if (currency !== none) add(values, currency, valueMinor);
    add(hours, hour.getTime(), waiting);
  }
  return {
    waiting: rows.reduce((sum, { waiting }) => sum + waiting, 0),
    firstFailedAt: new Date(Math.min(...rows.map(({ firstFailedAt }) => firstFailedAt.getTime()))),
    lastFailedAt: new Date(Math.max(...rows.map(({ lastFailedAt }) => lastFailedAt.getTime()))),
    stores: [...stores].map(([storeId, waiting]) => ({ storeId, waiting })).toSorted((left, right) => right.waiting - left.waiting),
    values: [...values].map(([currency, minor]) => ({ currency, minor })),
    hours: [...hours].map(([hour, waiting]) => ({ hour: new Date(hour), waiting })),
  };
}
