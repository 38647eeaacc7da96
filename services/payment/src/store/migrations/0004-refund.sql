-- Money of a sale on its way back, or there. Rows are written under the version of the sale's payment, so two refunds of one sale never see the same money left.
CREATE TABLE refund (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  refund_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  currency VARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
  total_minor BIGINT NOT NULL,
  state VARCHAR(12) COLLATE Latin1_General_100_BIN2 NOT NULL,
  decline_code VARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
  declined_position INT NULL,
  attention VARCHAR(40) COLLATE Latin1_General_100_BIN2 NULL,
  created_at DATETIME2(3) NOT NULL,
  updated_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_refund PRIMARY KEY (tenant_id, sale_id, refund_id),
  CONSTRAINT ck_refund_state CHECK (state IN ('refunding', 'refunded', 'declined')),
  CONSTRAINT ck_refund_total CHECK (total_minor >= 0)
);
CREATE INDEX ix_refund_attention ON refund (updated_at) WHERE attention IS NOT NULL;

-- One part for each tender that gives back.
CREATE TABLE refund_part (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  refund_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  position INT NOT NULL,
  via VARCHAR(4) COLLATE Latin1_General_100_BIN2 NOT NULL,
  amount_minor BIGINT NOT NULL,
  state VARCHAR(12) COLLATE Latin1_General_100_BIN2 NOT NULL,
  decline_code VARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
  attempt INT NOT NULL,
  asked_at DATETIME2(3) NULL,
  next_attempt_at DATETIME2(3) NULL,
  CONSTRAINT pk_refund_part PRIMARY KEY (tenant_id, sale_id, refund_id, position),
  CONSTRAINT ck_refund_part_via CHECK (via IN ('card', 'cash')),
  CONSTRAINT ck_refund_part_state CHECK (state IN ('waiting', 'pending', 'unknown', 'refunded', 'declined', 'in-cash')),
  CONSTRAINT ck_refund_part_amount CHECK (amount_minor >= 0)
);

-- Only questions without an answer are in it, so it stays as small as the refunds under way.
CREATE INDEX ix_refund_part_next_attempt_at ON refund_part (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

ALTER SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_part,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_part AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_part AFTER UPDATE;
