import { Conflict, bigint, bigintColumn, datetime2, int, join, json, jsonColumn, nothing, nvarchar, safeIntegerColumn, sql, varchar, type Database, type Sql } from '@checkout/sql';
import { z } from 'zod';
import type { AuditEntry } from '../domain/audit-chain.ts';
import type { Item, ItemState, Plan } from '../domain/plan.ts';
import { Refusal } from '../domain/refusal.ts';
import type { ItemChange, PlanChange, PlanStore, Predicted, Scope } from '../application/ports.ts';
import { comeBack, countedColumns, CountedRow, leave, type Counted } from './letter-tally.ts';
import type { SqlAudit } from './sql-audit.ts';

/** What never changes about a plan is kept as one document. */
type PlanDocument = Omit<Plan, 'approvedBy' | 'state' | 'because' | 'wave' | 'rampFrom' | 'predictedAt' | 'version'>;

const PlanRow = z
  .object({
    document: jsonColumn(z.record(z.string(), z.unknown())),
    approvedBy: z.string().nullable(), state: z.enum(['draft', 'running', 'paused', 'stopped', 'done', 'cancelled', 'expired']), because: z.string().nullable(),
    wave: z.int(), rampFrom: z.int(), predictedAt: z.date().nullable(), version: z.int(),
  })
  .transform(({ document, approvedBy, because, predictedAt, ...row }): Plan => {
    const { createdAt, expiresAt, ...rest } = document as unknown as Omit<PlanDocument, 'createdAt' | 'expiresAt'> & { readonly createdAt: string; readonly expiresAt: string };
    return {
      ...rest, ...row, createdAt: new Date(createdAt), expiresAt: new Date(expiresAt),
      ...(approvedBy !== null && { approvedBy }), ...(because !== null && { because }), ...(predictedAt !== null && { predictedAt }),
    };
  });

const ItemRow = z
  .object({
    sequenceNumber: bigintColumn, tenantId: z.string(), saleId: z.string().nullable(), messageId: z.string(), replayId: z.string(),
    state: z.enum(['planned', 'sending', 'sent', 'applied', 'no-op', 'failed-again', 'discarded', 'gone', 'unfit', 'cancelled']),
    wave: z.int().nullable(), prediction: z.string().nullable(), because: z.string().nullable(),
  })
  .transform(({ saleId, wave, prediction, because, ...row }): Item => ({
    ...row, ...(saleId !== null && { saleId }), ...(wave !== null && { wave }), ...(prediction !== null && { prediction }), ...(because !== null && { because }),
  }));

const CountRow = z.object({ state: ItemRow.in.shape.state, items: z.int() });
const PredictedRow = z.object({ prediction: z.string(), currency: z.string().nullable(), items: z.int(), valueMinor: safeIntegerColumn.nullable() });
const TakenRow = z.object({ taken: z.int() });

const planColumns = sql`
  p.document, p.approved_by AS approvedBy, p.state, p.because, p.wave, p.ramp_from AS rampFrom, p.predicted_at AS predictedAt, p.version`;

const itemColumns = sql`
  i.sequence_number AS sequenceNumber, i.tenant_id AS tenantId, i.sale_id AS saleId, i.message_id AS messageId, i.replay_id AS replayId, i.state, i.wave, i.prediction, i.because`;

/** Tables `replay_plan` and `replay_item`, with what a change of an item means for the index and the audit. */
export class SqlPlans implements PlanStore {
  readonly #database: Pick<Database, 'query' | 'queries' | 'commit'>;
  readonly #audit: SqlAudit;

  constructor(database: Pick<Database, 'query' | 'queries' | 'commit'>, audit: SqlAudit) {
    this.#database = database;
    this.#audit = audit;
  }

  addItems(planId: string, items: readonly Item[]): Promise<void> {
    return this.#database.commit(insertItems(planId, items));
  }

  async create(plan: Plan, audit: readonly AuditEntry[]): Promise<void> {
    const { approvedBy: _a, state, because: _b, wave: _w, rampFrom: _r, predictedAt: _p, version: _v, ...document } = plan;
    const insert = sql`
      ${heldElsewhere(plan)}
      INSERT INTO replay_plan (plan_id, tenant_id, document, created_at, state, wave, ramp_from, version)
      VALUES (${varchar(36, plan.planId)}, ${varchar(60, plan.tenantId)}, ${json(document)}, ${datetime2(plan.createdAt)}, ${varchar(10, state)}, 0, 0, 1);`;
    try {
      await this.#audit.together(audit, insert);
    } catch (error) {
      await this.#database.commit(sql`DELETE FROM replay_item WHERE plan_id = ${varchar(36, plan.planId)};`);
      throw refused(error);
    }
  }

  async find(scope: Scope, planId: string): Promise<Plan | undefined> {
    const [plan] = await this.#database.query(PlanRow, sql`
      SELECT ${planColumns}
      FROM replay_plan AS p
      WHERE p.plan_id = ${varchar(36, planId)} ${scope === 'all-tenants' ? nothing : sql`AND p.tenant_id = ${varchar(60, scope.tenantId)}`};`);
    return plan;
  }

  list(scope: Scope): Promise<readonly Plan[]> {
    return this.#database.query(PlanRow, sql`
      SELECT TOP (200) ${planColumns}
      FROM replay_plan AS p
      WHERE 1 = 1 ${scope === 'all-tenants' ? nothing : sql`AND p.tenant_id = ${varchar(60, scope.tenantId)}`}
      ORDER BY p.created_at DESC;`);
  }

  items(planId: string, states: readonly ItemState[], max: number, after = -1n): Promise<readonly Item[]> {
    return this.#database.query(ItemRow, sql`
      SELECT TOP (${int(max)}) ${itemColumns}
      FROM replay_item AS i
      WHERE i.plan_id = ${varchar(36, planId)} AND i.sequence_number > ${bigint(after)} AND i.state IN (${join(states.map((state) => sql`${varchar(12, state)}`), ', ')})
      ORDER BY i.sequence_number;`);
  }

  next(planId: string, max: number): Promise<readonly Item[]> {
    return this.#database.query(ItemRow, sql`
      SELECT TOP (${int(max)}) ${itemColumns}
      FROM replay_item AS i
      WHERE i.plan_id = ${varchar(36, planId)}
        AND i.state IN ('planned', 'sending')
        AND NOT EXISTS (
          SELECT 1 FROM replay_item AS h
          WHERE h.plan_id = i.plan_id AND h.tenant_id = i.tenant_id AND h.sale_id = i.sale_id AND h.state IN ('sent', 'failed-again', 'unfit')
        )
      ORDER BY i.sequence_number;`);
  }

  async wave(planId: string, wave: number): Promise<Readonly<Partial<Record<ItemState, number>>>> {
    return byState(await this.#database.query(CountRow, sql`
      SELECT i.state, COUNT(*) AS items
      FROM replay_item AS i
      WHERE i.plan_id = ${varchar(36, planId)} AND i.wave = ${int(wave)}
      GROUP BY i.state;`));
  }

  async counts(planId: string): Promise<Readonly<Partial<Record<ItemState, number>>>> {
    return byState(await this.#database.query(CountRow, sql`
      SELECT i.state, COUNT(*) AS items
      FROM replay_item AS i
      WHERE i.plan_id = ${varchar(36, planId)}
      GROUP BY i.state;`));
  }

  async predictions({ planId, topic, subscription }: Plan): Promise<readonly Predicted[]> {
    const rows = await this.#database.query(PredictedRow, sql`
      SELECT i.prediction, d.currency, COUNT(*) AS items, SUM(d.value_minor) AS valueMinor
      FROM replay_item AS i
      LEFT JOIN dead_letter AS d ON d.sequence_number = i.sequence_number AND d.topic = ${varchar(60, topic)} AND d.subscription = ${varchar(60, subscription)}
      WHERE i.plan_id = ${varchar(36, planId)} AND i.state = 'planned' AND i.prediction IS NOT NULL
      GROUP BY i.prediction, d.currency
      ORDER BY i.prediction, d.currency;`);
    return rows.map(({ prediction, currency, items, valueMinor }) => ({ prediction, items, ...(currency !== null && valueMinor !== null && { value: { currency, minor: valueMinor } }) }));
  }

  async update(plan: Plan, { state, because, approvedBy, rampFrom, predictedAt }: PlanChange, audit: readonly AuditEntry[]): Promise<Plan> {
    try {
      await this.#audit.together(audit, sql`
        UPDATE replay_plan
        SET version = version + 1
          ${state === undefined ? nothing : sql`, state = ${varchar(10, state)}, because = ${nvarchar(400, because?.slice(0, 400) ?? null)}`}
          ${approvedBy === undefined ? nothing : sql`, approved_by = ${nvarchar(200, approvedBy)}`}
          ${rampFrom === undefined ? nothing : sql`, ramp_from = ${int(rampFrom)}`}
          ${predictedAt === undefined ? nothing : sql`, predicted_at = ${datetime2(predictedAt)}`}
        WHERE plan_id = ${varchar(36, plan.planId)} AND version = ${int(plan.version)};
        IF @@ROWCOUNT <> 1 THROW 51001, 'plan version', 1;
        ${state === 'running' ? heldElsewhere(plan) : nothing}
        ${state === 'cancelled' ? sql`UPDATE replay_item SET state = 'cancelled' WHERE plan_id = ${varchar(36, plan.planId)} AND state = 'planned';` : nothing}`);
    } catch (error) {
      if (error instanceof Conflict && error.on === 'plan version') throw new Refusal('changed-meanwhile');
      throw refused(error);
    }
    return (await this.find('all-tenants', plan.planId)) ?? plan;
  }

  async mark(plan: Plan, changes: readonly ItemChange[], audit: readonly AuditEntry[], wave?: number): Promise<void> {
    if (changes.length === 0 && wave === undefined) return;
    const letters = await this.#letters(plan, changes.filter(({ letter }) => letter !== undefined));
    await this.#audit.together(audit, join([
      ...(changes.length === 0 ? [] : [updateItems(plan.planId, changes)]),
      leave(letters.filter(({ from, to }) => from === 'waiting' && to !== 'waiting').map(({ letter }) => letter), 'moving'),
      comeBack(letters.filter(({ from, to }) => from === 'moving' && to === 'waiting').map(({ letter }) => letter)),
      settle(plan, changes),
      ...(wave === undefined ? [] : [sql`UPDATE replay_plan SET wave = ${int(wave)} WHERE plan_id = ${varchar(36, plan.planId)};`]),
    ]));
  }

  /** The plan that has not been run for longest, those that never were first: one that only waits does not keep the others from running. */
  async lease(owner: string, leaseMs: number): Promise<Plan | undefined> {
    const [plan] = await this.#database.query(PlanRow, sql`
      SELECT TOP (1) ${planColumns}
      FROM replay_plan AS p
      WHERE p.state = 'running' AND (p.lease_until IS NULL OR p.lease_until < SYSUTCDATETIME() OR p.lease_owner = ${varchar(60, owner)})
      ORDER BY p.lease_until, p.created_at;`);
    if (!plan) return undefined;
    const [row] = await this.#database.query(TakenRow, sql`
      UPDATE replay_plan
      SET lease_owner = ${varchar(60, owner)}, lease_until = DATEADD(millisecond, ${int(leaseMs)}, SYSUTCDATETIME())
      WHERE plan_id = ${varchar(36, plan.planId)} AND (lease_until IS NULL OR lease_until < SYSUTCDATETIME() OR lease_owner = ${varchar(60, owner)});
      SELECT @@ROWCOUNT AS taken;`);
    return row?.taken === 1 ? plan : undefined;
  }

  async renew(planId: string, owner: string, leaseMs: number): Promise<boolean> {
    const [row] = await this.#database.query(TakenRow, sql`
      UPDATE replay_plan
      SET lease_until = DATEADD(millisecond, ${int(leaseMs)}, SYSUTCDATETIME())
      WHERE plan_id = ${varchar(36, planId)} AND lease_owner = ${varchar(60, owner)} AND lease_until >= SYSUTCDATETIME();
      SELECT @@ROWCOUNT AS taken;`);
    return row?.taken === 1;
  }

  async release(planId: string, owner: string): Promise<void> {
    await this.#database.commit(sql`
      UPDATE replay_plan
      SET lease_owner = NULL, lease_until = DATEADD(millisecond, -1, SYSUTCDATETIME())
      WHERE plan_id = ${varchar(36, planId)} AND lease_owner = ${varchar(60, owner)};`);
  }

  async #letters(plan: Plan, changes: readonly ItemChange[]): Promise<{ readonly letter: Counted; readonly from: string; readonly to: string | undefined }[]> {
    if (changes.length === 0) return [];
    const rows = await this.#database.query(CountedRow, sql`
      SELECT ${countedColumns}
      FROM dead_letter AS d
      JOIN OPENJSON(${json(changes.map(({ sequenceNumber }) => ({ n: String(sequenceNumber) })))}) WITH (n BIGINT '$.n') AS j ON j.n = d.sequence_number
      WHERE d.topic = ${varchar(60, plan.topic)} AND d.subscription = ${varchar(60, plan.subscription)};`);
    const to = new Map(changes.map(({ sequenceNumber, letter }) => [sequenceNumber, letter]));
    return rows.map((letter) => ({ letter, from: letter.state, to: to.get(letter.sequenceNumber) }));
  }
}

/** Two plans that are started never have a dead letter in common. Writers take turns at the audit, so two starts at once see one another. */
const heldElsewhere = ({ planId, topic, subscription }: Plan): Sql => sql`
  IF EXISTS (
    SELECT 1
    FROM replay_item AS mine
    JOIN replay_item AS other ON other.sequence_number = mine.sequence_number
    JOIN replay_plan AS p ON p.plan_id = other.plan_id
    WHERE mine.plan_id = ${varchar(36, planId)}
      AND other.plan_id <> ${varchar(36, planId)}
      AND other.state IN ('planned', 'sending')
      AND p.state IN ('running', 'paused', 'stopped')
      AND JSON_VALUE(p.document, '$.topic') = ${varchar(60, topic)}
      AND JSON_VALUE(p.document, '$.subscription') = ${varchar(60, subscription)}
  )
    THROW 51001, 'another plan', 1;`;

const refused = (error: unknown): unknown => (error instanceof Conflict && error.on === 'another plan' ? new Refusal('another-plan') : error);

const byState = (rows: readonly z.output<typeof CountRow>[]): Partial<Record<ItemState, number>> => Object.fromEntries(rows.map(({ state, items }) => [state, items]));

const insertItems = (planId: string, items: readonly Item[]): Sql => sql`
  INSERT INTO replay_item (plan_id, sequence_number, tenant_id, sale_id, message_id, replay_id, state)
  SELECT ${varchar(36, planId)}, j.n, j.t, j.s, j.m, j.r, 'planned'
  FROM OPENJSON(${json(items.map(({ sequenceNumber, tenantId, saleId, messageId, replayId }) => ({ n: String(sequenceNumber), t: tenantId, s: saleId ?? null, m: messageId, r: replayId })))}) WITH (
    n BIGINT '$.n', t VARCHAR(60) '$.t', s VARCHAR(60) '$.s', m VARCHAR(128) '$.m', r VARCHAR(128) '$.r'
  ) AS j;`;

/** An outcome may have been told before we could write that the replay was sent: then that is what it becomes. */
const updateItems = (planId: string, changes: readonly ItemChange[]): Sql => sql`
  UPDATE i
  SET state = CASE WHEN i.state NOT IN ('planned', 'sending') THEN i.state WHEN j.st = 'sent' THEN COALESCE(i.outcome, j.st) ELSE COALESCE(j.st, i.state) END,
    wave = COALESCE(j.w, i.wave), prediction = COALESCE(j.p, i.prediction), because = COALESCE(j.b, i.because)
  FROM replay_item AS i
  JOIN OPENJSON(${json(changes.map(({ sequenceNumber, state, wave, prediction, because }) => ({ n: String(sequenceNumber), st: state ?? null, w: wave ?? null, p: prediction ?? null, b: because?.slice(0, 400) ?? null })))}) WITH (
    n BIGINT '$.n', st VARCHAR(12) '$.st', w INT '$.w', p VARCHAR(20) '$.p', b NVARCHAR(400) '$.b'
  ) AS j ON j.n = i.sequence_number
  WHERE i.plan_id = ${varchar(36, planId)};`;

/** Where entries that moved have ended up. */
function settle({ topic, subscription }: Plan, changes: readonly ItemChange[]): Sql {
  const settled = changes.filter(({ letter }) => letter === 'replayed' || letter === 'discarded' || letter === 'gone');
  if (settled.length === 0) return nothing;
  return sql`
    UPDATE d
    SET state = j.l
    FROM dead_letter AS d
    JOIN OPENJSON(${json(settled.map(({ sequenceNumber, letter }) => ({ n: String(sequenceNumber), l: letter })))}) WITH (n BIGINT '$.n', l VARCHAR(10) '$.l') AS j ON j.n = d.sequence_number
    WHERE d.topic = ${varchar(60, topic)} AND d.subscription = ${varchar(60, subscription)} AND d.state = 'moving';`;
}
