-- Every table that holds rows of tenants (libs/sql/migrations/0001-tenant-wall.sql). A new one is added with ALTER SECURITY POLICY in the migration that creates it.
CREATE SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.checkout_saga,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.checkout_saga AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.checkout_saga AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.timeline,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.timeline AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.timeline AFTER UPDATE
  WITH (STATE = ON);
