-- One row for each refund whose goods have been counted in, kept for ever: it answers a command that is repeated months later.
CREATE TABLE stock_return (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  refund_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  returned_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_stock_return PRIMARY KEY (tenant_id, refund_id)
);

-- Returned goods come in; those that cannot be sold again leave as written off. The rule is widened: whatever it allowed it still allows.
ALTER TABLE stock_ledger DROP CONSTRAINT ck_stock_ledger_quantity;
ALTER TABLE stock_ledger ADD CONSTRAINT ck_stock_ledger_quantity CHECK ((kind IN ('delivery', 'return') AND quantity > 0) OR (kind IN ('sale', 'write-off') AND quantity < 0));

ALTER SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.stock_return,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.stock_return AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.stock_return AFTER UPDATE;
