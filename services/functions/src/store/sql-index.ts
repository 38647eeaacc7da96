import { Conflict, bigint, bigintColumn, int, json, join, nothing, safeIntegerColumn, sql, varchar, type Database, type Sql } from '@checkout/sql';
import { z } from 'zod';
import type { DeadLetter } from '../domain/dead-letter.ts';
import type { Selection } from '../domain/selection.ts';
import type { IndexStore, Queue, QueuedMessage, Scope, Selected } from '../application/ports.ts';
import { countedColumns, countedOf, CountedRow, leave, tally } from './letter-tally.ts';
import { LetterRow } from './rows.ts';
import { fitting, of } from './selection-sql.ts';

const CursorRow = z.object({ nextSequence: bigintColumn });
const NumberRow = z.object({ sequenceNumber: bigintColumn });
const PlaceRow = z.object({ topic: z.string(), subscription: z.string(), letters: z.int() });
const SelectedRow = z
  .object({
    sequenceNumber: bigintColumn, tenantId: z.string(), saleId: z.string().nullable(), messageId: z.string(), type: z.string(), currency: z.string().nullable(), valueMinor: safeIntegerColumn.nullable(),
  })
  .transform(({ saleId, currency, valueMinor, ...row }): Selected => ({
    ...row, ...(saleId !== null && { saleId }), ...(currency !== null && valueMinor !== null && { value: { currency, minor: valueMinor } }),
  }));

/** Tables `dead_letter` and `index_cursor`, with what an entry means for the groups. */
export class SqlIndex implements IndexStore {
  readonly #database: Pick<Database, 'query' | 'commit'>;

  constructor(database: Pick<Database, 'query' | 'commit'>) {
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
        ...(letters.length === 0 ? [] : [this.#insert(letters), this.#insertGroups(letters), tally(letters.map(countedOf), 1), failedAgain(letters)]),
        this.#moveCursor(queue, cursor),
      ]));
      return true;
    } catch (error) {
      if (error instanceof Conflict) return false;
      throw error;
    }
  }

  async markGone({ topic, subscription }: Queue, from: bigint, to: bigint, present: readonly QueuedMessage[]): Promise<number> {
    const absent = await this.#database.query(CountedRow, sql`
      SELECT ${countedColumns}
      FROM dead_letter AS d
      WHERE d.topic = ${varchar(60, topic)}
        AND d.subscription = ${varchar(60, subscription)}
        AND d.sequence_number BETWEEN ${bigint(from)} AND ${bigint(to)}
        AND d.state = 'waiting'
        AND NOT EXISTS (
          SELECT 1 FROM OPENJSON(${json(present.map(identified))}) WITH (n BIGINT '$.n', m VARCHAR(128) '$.m') AS p
          WHERE p.n = d.sequence_number AND p.m COLLATE Latin1_General_100_BIN2 = d.message_id
        );`);
    if (absent.length === 0) return 0;
    await this.#database.commit(leave(absent, 'gone'));
    return absent.length;
  }

  async unknown({ topic, subscription }: Queue, present: readonly QueuedMessage[]): Promise<readonly QueuedMessage[]> {
    if (present.length === 0) return [];
    const rows = await this.#database.query(NumberRow, sql`
      SELECT j.n AS sequenceNumber
      FROM OPENJSON(${json(present.map(identified))}) WITH (n BIGINT '$.n', m VARCHAR(128) '$.m') AS j
      WHERE NOT EXISTS (
        SELECT 1 FROM dead_letter AS d
        WHERE d.topic = ${varchar(60, topic)} AND d.subscription = ${varchar(60, subscription)} AND d.sequence_number = j.n AND d.message_id = j.m COLLATE Latin1_General_100_BIN2
      );`);
    const numbers = new Set(rows.map(({ sequenceNumber }) => sequenceNumber));
    return present.filter(({ sequenceNumber }) => numbers.has(sequenceNumber));
  }

  async addUnknown(letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return;
    await this.#database.commit(join([
      sql`
        DELETE d
        FROM dead_letter AS d
        JOIN OPENJSON(${json(letters.map(({ topic, subscription, sequenceNumber }) => ({ t: topic, s: subscription, n: String(sequenceNumber) })))}) WITH (
          t VARCHAR(60) '$.t', s VARCHAR(60) '$.s', n BIGINT '$.n'
        ) AS j ON d.topic = j.t COLLATE Latin1_General_100_BIN2 AND d.subscription = j.s COLLATE Latin1_General_100_BIN2 AND d.sequence_number = j.n
        WHERE d.state <> 'waiting';`,
      this.#insert(letters), this.#insertGroups(letters), tally(letters.map(countedOf), 1), failedAgain(letters),
    ]));
  }

  letters(scope: Scope, selection: Selection, limit: number): Promise<readonly DeadLetter[]> {
    return this.#database.query(LetterRow, sql`
      SELECT TOP (${int(limit)}) ${columns}
      FROM dead_letter AS d
      WHERE d.state = 'waiting' ${of('d.tenant_id', scope)} ${fitting(selection)}
      ORDER BY d.topic, d.subscription, d.sequence_number;`);
  }

  places(scope: Scope, selection: Selection): Promise<readonly (Queue & { readonly letters: number })[]> {
    return this.#database.query(PlaceRow, sql`
      SELECT d.topic, d.subscription, COUNT(*) AS letters
      FROM dead_letter AS d
      WHERE d.state = 'waiting' ${of('d.tenant_id', scope)} ${fitting(selection)}
      GROUP BY d.topic, d.subscription;`);
  }

  selected(scope: Scope, { topic, subscription }: Queue, selection: Selection, after: bigint, limit: number): Promise<readonly Selected[]> {
    return this.#database.query(SelectedRow, sql`
      SELECT TOP (${int(limit)}) d.sequence_number AS sequenceNumber, d.tenant_id AS tenantId, d.sale_id AS saleId, d.message_id AS messageId, d.type, d.currency,
        d.value_minor AS valueMinor
      FROM dead_letter AS d
      WHERE d.topic = ${varchar(60, topic)}
        AND d.subscription = ${varchar(60, subscription)}
        AND d.sequence_number > ${bigint(after)}
        AND d.state = 'waiting' ${of('d.tenant_id', scope)} ${fitting(selection)}
      ORDER BY d.sequence_number;`);
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

const identified = ({ sequenceNumber, messageId }: QueuedMessage) => ({ n: String(sequenceNumber), m: messageId });

/** What `LetterRow` reads. */
const columns = sql`
  d.topic, d.subscription, d.sequence_number AS sequenceNumber, d.tenant_id AS tenantId, d.store_id AS storeId, d.sale_id AS saleId, d.message_id AS messageId,
  d.type, d.signature, d.facts, d.body_text AS bodyText, d.currency, d.value_minor AS valueMinor, d.failed_at AS failedAt, d.enqueued_at AS enqueuedAt,
  d.delivery_count AS deliveryCount, d.replay_of AS replayOf, d.replay_count AS replayCount`;

/** An entry as a row of JSON. */
const written = (letter: DeadLetter) => ({
  topic: letter.topic, subscription: letter.subscription, sequenceNumber: String(letter.sequenceNumber), tenantId: letter.tenantId, storeId: letter.storeId ?? null, saleId: letter.saleId ?? null,
  messageId: letter.messageId, type: letter.type, signature: letter.signature, facts: JSON.stringify(letter.facts), bodyText: letter.bodyText,
  currency: letter.value?.currency ?? null, valueMinor: letter.value === undefined ? null : String(letter.value.minor),
  failedAt: countedOf(letter).failedAt.toISOString().replace('Z', ''), enqueuedAt: letter.enqueuedAt.toISOString().replace('Z', ''), deliveryCount: letter.deliveryCount, replayOf: letter.replayOf ?? null, replayCount: letter.replayCount,
});

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
