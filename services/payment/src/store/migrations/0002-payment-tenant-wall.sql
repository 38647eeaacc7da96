-- Every table that holds rows of tenants (libs/sql/migrations/0001-tenant-wall.sql). A new one is added with ALTER SECURITY POLICY in the migration that creates it.
CREATE SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.payment,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.payment AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.payment AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.tender,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.tender AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.tender AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.payment_ledger,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.payment_ledger AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.payment_ledger AFTER UPDATE
  WITH (STATE = ON);
