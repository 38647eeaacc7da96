import { bigint, datetime2, json, jsonColumn, nothing, sql, varchar, type Database } from '@checkout/sql';
import { z } from 'zod';
import type { Place } from '../domain/dead-letter.ts';
import type { Archive, QueuedMessage, Scope } from '../application/ports.ts';

const Kept = z
  .object({
    sequenceNumber: z.string().transform(BigInt), messageId: z.string(), type: z.string().optional(), body: z.unknown(), sessionId: z.string().optional(), correlationId: z.string().optional(),
    contentType: z.string().optional(), subject: z.string().optional(), applicationProperties: z.record(z.string(), z.unknown()), reason: z.string().optional(),
    description: z.string().optional(), enqueuedAt: z.iso.datetime().transform((text) => new Date(text)), deliveryCount: z.int(),
  })
  .transform((kept): QueuedMessage => ({
    ...kept, type: kept.type, sessionId: kept.sessionId, correlationId: kept.correlationId, contentType: kept.contentType, subject: kept.subject, reason: kept.reason, description: kept.description,
  }));
const Row = z.object({ message: jsonColumn(Kept), restoredAt: z.date().nullable() });

/**
 * Table `archived_message`: messages whole, as they were in their queue. A message that lies where another one of an earlier queue was archived is refused:
 * better that a plan stops than that a message is removed and not kept.
 */
export class SqlArchive implements Archive {
  readonly #database: Pick<Database, 'query' | 'commit'>;

  constructor(database: Pick<Database, 'query' | 'commit'>) {
    this.#database = database;
  }

  async keep(entries: Parameters<Archive['keep']>[0]): Promise<void> {
    if (entries.length === 0) return;
    const rows = entries.map(({ place, tenantId, message, reason, by, at }) => ({
      t: place.topic, s: place.subscription, n: String(place.sequenceNumber), te: tenantId, m: JSON.stringify(storable(message)), r: reason.slice(0, 400), b: by.slice(0, 200), at: at.toISOString().replace('Z', ''),
    }));
    const opened = sql`
      OPENJSON(${json(rows)}) WITH (
        t VARCHAR(60) '$.t', s VARCHAR(60) '$.s', n BIGINT '$.n', te VARCHAR(60) '$.te', m NVARCHAR(MAX) '$.m', r NVARCHAR(400) '$.r', b NVARCHAR(200) '$.b', at DATETIME2(3) '$.at'
      )`;
    await this.#database.commit(sql`
      INSERT INTO archived_message (topic, subscription, sequence_number, tenant_id, message, reason, archived_by, archived_at)
      SELECT j.t, j.s, j.n, j.te, j.m, j.r, j.b, j.at
      FROM ${opened} AS j
      WHERE NOT EXISTS (
        SELECT 1 FROM archived_message AS a
        WHERE a.topic = j.t COLLATE Latin1_General_100_BIN2 AND a.subscription = j.s COLLATE Latin1_General_100_BIN2 AND a.sequence_number = j.n
      );
      IF EXISTS (
        SELECT 1
        FROM ${opened} AS j
        JOIN archived_message AS a
          ON a.topic = j.t COLLATE Latin1_General_100_BIN2 AND a.subscription = j.s COLLATE Latin1_General_100_BIN2 AND a.sequence_number = j.n
        WHERE JSON_VALUE(a.message, '$.messageId') <> JSON_VALUE(j.m, '$.messageId')
      )
        THROW 51001, 'archived before', 1;`);
  }

  async discarded(scope: Scope, { topic, subscription, sequenceNumber }: Place): Promise<{ readonly message: QueuedMessage; readonly restoredAt?: Date } | undefined> {
    const [row] = await this.#database.query(Row, sql`
      SELECT a.message, a.restored_at AS restoredAt
      FROM archived_message AS a
      JOIN dead_letter AS d ON d.topic = a.topic AND d.subscription = a.subscription AND d.sequence_number = a.sequence_number
      WHERE d.state = 'discarded'
        AND a.topic = ${varchar(60, topic)}
        AND a.subscription = ${varchar(60, subscription)}
        AND a.sequence_number = ${bigint(sequenceNumber)}
        ${scope === 'all-tenants' ? nothing : sql`AND a.tenant_id = ${varchar(60, scope.tenantId)}`};`);
    return row && { message: row.message, ...(row.restoredAt !== null && { restoredAt: row.restoredAt }) };
  }

  restored({ topic, subscription, sequenceNumber }: Place, at: Date): Promise<void> {
    return this.#database.commit(sql`
      UPDATE archived_message
      SET restored_at = ${datetime2(at)}
      WHERE topic = ${varchar(60, topic)} AND subscription = ${varchar(60, subscription)} AND sequence_number = ${bigint(sequenceNumber)} AND restored_at IS NULL;`);
  }
}

const storable = ({ sequenceNumber, messageId, type, body, sessionId, correlationId, contentType, subject, applicationProperties, reason, description, enqueuedAt, deliveryCount }: QueuedMessage) => ({
  sequenceNumber: String(sequenceNumber), messageId, type, body, sessionId, correlationId, contentType, subject, applicationProperties, reason, description, enqueuedAt, deliveryCount,
});
