import { nothing, safeIntegerColumn, sql, varchar, type Database } from '@checkout/sql';
import { z } from 'zod';
import type { Group, GroupFilter, Groups } from '../application/ports.ts';
import { none } from './letter-tally.ts';
import { FactsColumn } from './rows.ts';
import { of } from './selection-sql.ts';

const GroupRow = z.object({
  tenantId: z.string(), signature: z.string(), topic: z.string(), subscription: z.string(), type: z.string(), facts: FactsColumn,
});
const TallyRow = z.object({
  tenantId: z.string(), signature: z.string(), storeId: z.string(), currency: z.string(), hour: z.date(), waiting: z.int(), valueMinor: safeIntegerColumn,
  firstFailedAt: z.date(), lastFailedAt: z.date(),
});

/** Tables `failure_group` and `failure_tally`: failures by their cause, from a few rows however many there are. */
export class SqlGroups implements Groups {
  readonly #database: Pick<Database, 'queries'>;

  constructor(database: Pick<Database, 'queries'>) {
    this.#database = database;
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
}

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
