import { sql, type Sql } from './sql.ts';
import { varchar } from './types.ts';

/** On whose behalf a batch runs: one tenant's, or the service's own, which handles messages of many tenants at once. */
export type Scope = 'service' | { readonly tenantId: string };

/**
 * The batch with its scope told to the database, whose security policy hides every row outside it (`migrations/0001-tenant-wall.sql`). Set and
 * cleared within the one batch, because pooled connections are never reset; without a scope the policy shows no tenant's rows at all.
 */
export const scoped = (scope: Scope | undefined, statement: Sql): Sql => {
  if (scope === undefined) return statement;
  return scope === 'service'
    ? sql`EXEC sp_set_session_context @key = N'scope', @value = 'service';
${statement}
EXEC sp_set_session_context @key = N'scope', @value = NULL;`
    : sql`EXEC sp_set_session_context @key = N'tenant_id', @value = ${varchar(40, scope.tenantId)};
${statement}
EXEC sp_set_session_context @key = N'tenant_id', @value = NULL;`;
};
