-- What was asked and learned about a payment that did not go the usual way. A sale without trouble has no row here.
CREATE TABLE payment_audit (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  -- The payment's version that it happened at, and its place among what happened at once.
  version INT NOT NULL,
  ordinal INT NOT NULL,
  at DATETIME2(3) NOT NULL,
  position INT NULL,
  source NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
  event VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  detail NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NULL,
  CONSTRAINT pk_payment_audit PRIMARY KEY (tenant_id, sale_id, version, ordinal)
);

-- Webhooks of the provider, each once and for ever. What speaks of a sale that is not there yet waits here with its notice.
CREATE TABLE provider_webhook (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  webhook_id VARCHAR(80) COLLATE Latin1_General_100_BIN2 NOT NULL,
  state VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  body_hash VARCHAR(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
  type VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  received_at DATETIME2(3) NOT NULL,
  notice NVARCHAR(MAX) NULL,
  next_look_at DATETIME2(3) NULL,
  CONSTRAINT pk_provider_webhook PRIMARY KEY (tenant_id, webhook_id),
  CONSTRAINT ck_provider_webhook_state CHECK (state IN ('applied', 'ignored', 'parked', 'given-up'))
);
CREATE INDEX ix_provider_webhook_next_look_at ON provider_webhook (next_look_at) WHERE next_look_at IS NOT NULL;

-- How far the provider's ledger has been compared with ours.
CREATE TABLE reconciliation (
  provider VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  after_sequence BIGINT NOT NULL,
  checked_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_reconciliation PRIMARY KEY (provider)
);

ALTER SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.payment_audit,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.payment_audit AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.payment_audit AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.provider_webhook,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.provider_webhook AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.provider_webhook AFTER UPDATE;
