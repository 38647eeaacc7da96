-- Every table that holds rows of tenants (libs/sql/migrations/0001-tenant-wall.sql). A new one is added with ALTER SECURITY POLICY in the migration that creates it.
CREATE SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.stock_level,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.stock_level AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.stock_level AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.reservation,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.reservation AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.reservation AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.stock_ledger,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.stock_ledger AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.stock_ledger AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.delivery,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.delivery AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.delivery AFTER UPDATE
  WITH (STATE = ON);
