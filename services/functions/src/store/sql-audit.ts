import { Conflict, bigint, json, join, nothing, safeIntegerColumn, sql, type Database, type Sql } from '@checkout/sql';
import { z } from 'zod';
import { chain, genesis, type AuditEntry, type ChainedEntry } from '../domain/audit-chain.ts';
import type { AuditLog } from '../application/ports.ts';

const HeadRow = z.object({ number: safeIntegerColumn, hash: z.string() });
const EntryRow = z
  .object({
    number: safeIntegerColumn, at: z.string(), tenantId: z.string(), actor: z.string(), action: z.string(), planId: z.string().nullable(), place: z.string().nullable(),
    messageId: z.string().nullable(), detail: z.string().nullable(), previousHash: z.string(), hash: z.string(),
  })
  .transform(({ planId, place, messageId, detail, ...row }): ChainedEntry => ({
    ...row, ...(planId !== null && { planId }), ...(place !== null && { place }), ...(messageId !== null && { messageId }), ...(detail !== null && { detail }),
  }));

/** The constraint that a second writer of the same number runs into. */
const auditKey = 'pk_audit';
/** Many processes writing at once take turns; more than this means something else is wrong. */
const maxAttempts = 20;

/** Table `audit`. Each entry is chained to the one before, so writers take turns: the number is the turn. */
export class SqlAudit implements AuditLog {
  readonly #database: Pick<Database, 'query' | 'commit'>;
  #head: { readonly number: number; readonly hash: string } | undefined;

  constructor(database: Pick<Database, 'query' | 'commit'>) {
    this.#database = database;
  }

  append(entries: readonly AuditEntry[]): Promise<void> {
    return this.together(entries, nothing);
  }

  /** Commits work and the entries that tell of it in one unit: nothing is done without being written down, and nothing is written down that was not done. */
  async together(entries: readonly AuditEntry[], work: Sql): Promise<void> {
    if (entries.length === 0) return this.#database.commit(work);
    for (let attempt = 1; ; attempt += 1) {
      const chained = chain(entries, this.#head ?? (await this.#readHead()));
      try {
        await this.#database.commit(join([work, insert(chained)]));
        const last = chained.at(-1);
        if (last) this.#head = { number: last.number, hash: last.hash };
        return;
      } catch (error) {
        this.#head = undefined;
        if (!(error instanceof Conflict && error.on === auditKey) || attempt === maxAttempts) throw error;
      }
    }
  }

  read(after: number, max: number): Promise<readonly ChainedEntry[]> {
    return this.#database.query(EntryRow, sql`
      SELECT TOP (${bigint(max)}) a.number, a.at, a.tenant_id AS tenantId, a.actor, a.action, a.plan_id AS planId, a.place, a.message_id AS messageId, a.detail,
        a.previous_hash AS previousHash, a.hash
      FROM audit AS a
      WHERE a.number > ${bigint(after)}
      ORDER BY a.number;`);
  }

  async #readHead(): Promise<{ readonly number: number; readonly hash: string }> {
    const [head] = await this.#database.query(HeadRow, sql`
      SELECT TOP (1) a.number, a.hash
      FROM audit AS a
      ORDER BY a.number DESC;`);
    return head ?? { number: 0, hash: genesis };
  }
}

const insert = (entries: readonly ChainedEntry[]): Sql => sql`
  INSERT INTO audit (number, at, tenant_id, actor, action, plan_id, place, message_id, detail, previous_hash, hash)
  SELECT j.number, j.at, j.tenantId, j.actor, j.action, j.planId, j.place, j.messageId, j.detail, j.previousHash, j.hash
  FROM OPENJSON(${json(entries)}) WITH (
    number BIGINT '$.number', at VARCHAR(24) '$.at', tenantId VARCHAR(60) '$.tenantId', actor NVARCHAR(200) '$.actor', action VARCHAR(60) '$.action',
    planId VARCHAR(36) '$.planId', place VARCHAR(160) '$.place', messageId VARCHAR(128) '$.messageId', detail NVARCHAR(1000) '$.detail',
    previousHash VARCHAR(64) '$.previousHash', hash VARCHAR(64) '$.hash'
  ) AS j;`;
