-- Every table that holds rows of tenants (libs/sql/migrations/0001-tenant-wall.sql). A new one is added with ALTER SECURITY POLICY in the migration that creates it.
CREATE SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.receipt_counter,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.receipt_counter AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.receipt_counter AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.receipt,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.receipt AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.receipt AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.sale_journal,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.sale_journal AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.sale_journal AFTER UPDATE
  WITH (STATE = ON);
