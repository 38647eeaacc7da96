-- One row for each refund, kept for ever: it tells a repeated command, and a reply that is replayed months later, from a new one.
CREATE TABLE refund_saga (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  refund_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  body_hash VARCHAR(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
  -- The message that started it. It never changes, and goes when the refund ends.
  data NVARCHAR(MAX) NULL,
  phase VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  -- JSON: the places, in the saga's declaration, of the steps whose reply is awaited.
  awaiting VARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
  attempts INT NOT NULL,
  results NVARCHAR(MAX) NOT NULL,
  because NVARCHAR(MAX) NULL,
  needs_attention NVARCHAR(400) NULL,
  saga_version INT NOT NULL,
  -- Counts transitions; each is written only over the one before.
  version INT NOT NULL,
  entry_count INT NOT NULL,
  traceparent VARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
  started_at DATETIME2(3) NOT NULL,
  updated_at DATETIME2(3) NOT NULL,
  wake_at DATETIME2(3) NULL,
  CONSTRAINT pk_refund_saga PRIMARY KEY (tenant_id, refund_id),
  CONSTRAINT ck_refund_saga_phase CHECK (phase IN ('forward', 'backward', 'completed', 'cancelled'))
);

-- Only refunds under way are in it, so it stays as small as they are many.
CREATE INDEX ix_refund_saga_wake_at ON refund_saga (wake_at) INCLUDE (store_id, sale_id, traceparent) WHERE wake_at IS NOT NULL;
CREATE INDEX ix_refund_saga_attention ON refund_saga (tenant_id, started_at) WHERE needs_attention IS NOT NULL;

-- What happened, for people. Append-only; nothing decides by it.
CREATE TABLE refund_timeline (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  refund_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sequence INT NOT NULL,
  at DATETIME2(3) NOT NULL,
  event VARCHAR(30) COLLATE Latin1_General_100_BIN2 NOT NULL,
  step VARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
  detail NVARCHAR(400) NULL,
  CONSTRAINT pk_refund_timeline PRIMARY KEY (tenant_id, refund_id, sequence)
);

ALTER SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_saga,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_saga AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_saga AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_timeline,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_timeline AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.refund_timeline AFTER UPDATE;
