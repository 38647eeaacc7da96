import { bigint, datetime2, join, json, nothing, nvarchar, sql, varchar, type Sql } from '@checkout/sql';
import type { Scope } from '../application/ports.ts';
import type { Selection } from '../domain/selection.ts';

/** Whose rows, as a condition on the column that says so. */
export const of = (column: 'g.tenant_id' | 't.tenant_id' | 'd.tenant_id', scope: Scope): Sql => {
  if (scope === 'all-tenants') return nothing;
  const tenant = varchar(60, scope.tenantId);
  switch (column) {
    case 'g.tenant_id': return sql`AND g.tenant_id = ${tenant}`;
    case 't.tenant_id': return sql`AND t.tenant_id = ${tenant}`;
    case 'd.tenant_id': return sql`AND d.tenant_id = ${tenant}`;
  }
};

/** Which dead letters, as conditions on `dead_letter AS d`. */
export function fitting({ signature, topic, subscription, tenantId, storeId, saleId, type, failedFrom, failedUntil, minValueMinor, text, sequenceNumbers }: Selection): Sql {
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
