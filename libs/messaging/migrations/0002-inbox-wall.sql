-- The marks of a tenant's messages are its own (libs/sql/migrations/0001-tenant-wall.sql). The outbox holds messages of many tenants in one row.
CREATE SECURITY POLICY dbo.inbox_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.inbox,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.inbox AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.inbox AFTER UPDATE
  WITH (STATE = ON);
