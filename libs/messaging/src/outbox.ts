import { Envelope } from '@checkout/contracts';
import { int, json, sql, text, varchar, type Sql } from '@checkout/sql';
import { z } from 'zod';
import type { Outbound } from './codec.ts';

/** The messages of one commit. Written with it, removed once the bus has them all. */
export interface Chunk {
  readonly id: string;
  readonly messages: readonly Outbound[];
}

/** Joined by hand: the bodies are JSON text already, and writing them a second time would cost as much as the first. */
const chunkJson = (messages: readonly Outbound[]): string =>
  `[${messages.map(({ topic, partition, envelope, bodyJson }) => `{"topic":"${topic}","partition":${JSON.stringify(partition ?? null)},"envelope":${JSON.stringify(envelope)},"body":${bodyJson}}`).join(',')}]`;

export const addChunk = ({ id, messages }: Chunk): Sql => sql`
  INSERT INTO outbox (chunk_id, created_at, message_count, messages)
  VALUES (${varchar(36, id)}, SYSUTCDATETIME(), ${int(messages.length)}, ${text(chunkJson(messages))});`;

export const removeChunks = (ids: readonly string[]): Sql => sql`
  DELETE FROM outbox
  WHERE chunk_id IN (SELECT j.chunkId COLLATE Latin1_General_100_BIN2 FROM OPENJSON(${json(ids)}) WITH (chunkId VARCHAR(36) '$') AS j);`;

/** Chunks older than any send takes: what a crash, or a bus that was away, has left behind. Oldest first. */
export const leftChunks = (limit: number, olderThanMs: number): Sql => sql`
  SELECT TOP (${int(limit)}) chunk_id AS chunkId, messages
  FROM outbox
  WHERE created_at <= DATEADD(millisecond, ${int(-olderThanMs)}, SYSUTCDATETIME())
  ORDER BY chunk_id;`;

const Stored = z.array(z.object({ topic: z.string(), partition: z.string().nullable(), envelope: Envelope, body: z.unknown() }));

export const ChunkRow = z.object({ chunkId: z.string(), messages: z.string() });

/** @throws when a chunk is not what this version writes; its neighbours can still be read. */
export const chunkOf = ({ chunkId, messages }: z.output<typeof ChunkRow>): Chunk => ({
  id: chunkId,
  messages: Stored.parse(JSON.parse(messages)).map(({ topic, partition, envelope, body }) => ({
    topic,
    partition: partition ?? undefined,
    envelope,
    bodyJson: JSON.stringify(body),
  })),
});
