-- Every table that holds rows of tenants (libs/sql/migrations/0001-tenant-wall.sql). A new one is added with ALTER SECURITY POLICY in the migration that creates it.
CREATE SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.store,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.store AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.store AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.product,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.product AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.product AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.basket,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.basket AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.basket AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.basket_line,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.basket_line AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.basket_line AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.checkout,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.checkout AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.checkout AFTER UPDATE
  WITH (STATE = ON);
