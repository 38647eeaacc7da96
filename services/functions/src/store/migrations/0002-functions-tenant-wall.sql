-- Every table that holds rows of tenants (libs/sql/migrations/0001-tenant-wall.sql). A new one is added with ALTER SECURITY POLICY in the migration that creates it.
CREATE SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.dead_letter,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.dead_letter AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.dead_letter AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.failure_group,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.failure_group AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.failure_group AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.failure_tally,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.failure_tally AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.failure_tally AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.replay_plan,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.replay_plan AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.replay_plan AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.replay_item,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.replay_item AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.replay_item AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.archived_message,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.archived_message AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.archived_message AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.audit,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.audit AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.audit AFTER UPDATE
  WITH (STATE = ON);
