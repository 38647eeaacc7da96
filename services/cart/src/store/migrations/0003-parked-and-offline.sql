-- Baskets that wait for their customers, for any till of their store. The number is what is called out: it is free again once nobody waits under it.
CREATE TABLE parked_sale (
  tenant_id   VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  parked_id   VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id    VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  number      INT NOT NULL,
  name        NVARCHAR(40) NULL,
  till_id     VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  currency    VARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
  total_minor BIGINT NOT NULL,
  lines       NVARCHAR(MAX) NOT NULL,
  state       VARCHAR(7) COLLATE Latin1_General_100_BIN2 NOT NULL,
  parked_at   DATETIME2(3) NOT NULL,
  expires_at  DATETIME2(3) NOT NULL,
  taken_by    VARCHAR(40) COLLATE Latin1_General_100_BIN2 NULL,
  taken_as    VARCHAR(36) COLLATE Latin1_General_100_BIN2 NULL,
  taken_at    DATETIME2(3) NULL,
  version     INT NOT NULL,
  CONSTRAINT pk_parked_sale PRIMARY KEY (tenant_id, parked_id)
);
CREATE UNIQUE INDEX ux_parked_sale_number ON parked_sale (tenant_id, store_id, number) WHERE state = 'waiting';
CREATE INDEX ix_parked_sale_age ON parked_sale (tenant_id, store_id, parked_at);
ALTER SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.parked_sale,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.parked_sale AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.parked_sale AFTER UPDATE;

-- Of sales that had left the shop before they were heard of: when, on which provisional receipt, and what is not as it should be (lists, as JSON).
ALTER TABLE checkout ADD left_shop_at DATETIME2(3) NULL;
ALTER TABLE checkout ADD provisional_number NVARCHAR(60) NULL;
ALTER TABLE checkout ADD flags NVARCHAR(400) NULL;
ALTER TABLE checkout ADD shortages NVARCHAR(MAX) NULL;
CREATE INDEX ix_checkout_left_shop ON checkout (tenant_id, left_shop_at) WHERE left_shop_at IS NOT NULL;
