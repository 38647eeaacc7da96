-- The second wall behind "tenant in every predicate". A batch says on whose behalf it runs: one tenant's (tenant_id), or the service's own
-- (scope), which handles messages of many tenants at once. Neither said: no row. Each service puts it before its tables with a security policy.
CREATE FUNCTION dbo.tenant_wall(@tenant_id VARCHAR(40))
RETURNS TABLE
WITH SCHEMABINDING
AS
RETURN
  SELECT 1 AS allowed
  WHERE CAST(SESSION_CONTEXT(N'scope') AS VARCHAR(10)) COLLATE Latin1_General_100_BIN2 = 'service'
    OR CAST(SESSION_CONTEXT(N'tenant_id') AS VARCHAR(40)) COLLATE Latin1_General_100_BIN2 = @tenant_id;
