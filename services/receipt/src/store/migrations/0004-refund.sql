-- All refunds of one sale share a version: two that want the same goods at once cannot both be written.
CREATE TABLE refund_head (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  version INT NOT NULL,
  CONSTRAINT pk_refund_head PRIMARY KEY (tenant_id, sale_id)
);

-- One row for each refund, kept for ever. From 'accepted' on it holds what it takes of the sale; 'declined' it holds nothing. The credit note's number is taken in
-- the transaction that writes it.
CREATE TABLE refund (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  refund_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  command_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  till_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  body_hash VARCHAR(43) COLLATE Latin1_General_100_BIN2 NOT NULL,
  receipt_number VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  total_minor BIGINT NOT NULL,
  state VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  document NVARCHAR(MAX) NOT NULL,
  because NVARCHAR(MAX) NULL,
  credit_series VARCHAR(10) COLLATE Latin1_General_100_BIN2 NULL,
  credit_number INT NULL,
  issued_at DATETIME2(3) NULL,
  accepted_at DATETIME2(3) NOT NULL,
  ended_at DATETIME2(3) NULL,
  CONSTRAINT pk_refund PRIMARY KEY (tenant_id, refund_id),
  CONSTRAINT ck_refund_state CHECK (state IN ('accepted', 'completed', 'declined')),
  CONSTRAINT ck_refund_total CHECK (total_minor >= 0)
);
CREATE INDEX ix_refund_sale ON refund (tenant_id, sale_id);
CREATE UNIQUE INDEX ux_refund_credit_number ON refund (tenant_id, store_id, credit_series, credit_number) WHERE credit_number IS NOT NULL;

-- Credit notes stand in the journal too, as what was given back. The rule is widened: whatever it allowed it still allows.
ALTER TABLE sale_journal DROP CONSTRAINT ck_sale_journal_kind;
ALTER TABLE sale_journal ADD CONSTRAINT ck_sale_journal_kind CHECK (kind IN ('sale', 'refund'));

ALTER SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_head,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_head AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_head AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund AFTER UPDATE;
