-- The till's shift in which a sale was made; most shops work in shifts, some do not.
ALTER TABLE receipt ADD shift_id VARCHAR(64) COLLATE Latin1_General_100_BIN2 NULL;
CREATE INDEX ix_receipt_shift ON receipt (tenant_id, shift_id) WHERE shift_id IS NOT NULL;

-- One row for each shift, with all that a till has told of it (movements of cash, how it was closed) in document. report_number counts from 1
-- without gaps for each store, in the order in which closings arrive.
CREATE TABLE shift (
  tenant_id     VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  shift_id      VARCHAR(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id      VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  till_id       VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  first_heard_at DATETIME2(3) NOT NULL,
  report_number INT NULL,
  document      NVARCHAR(MAX) NOT NULL,
  version       INT NOT NULL,
  CONSTRAINT pk_shift PRIMARY KEY (tenant_id, shift_id)
);
CREATE UNIQUE INDEX ux_shift_report_number ON shift (tenant_id, store_id, report_number) WHERE report_number IS NOT NULL;
CREATE INDEX ix_shift_store ON shift (tenant_id, store_id, first_heard_at);

-- The last report number of each store (till_id is empty), and the last that each till has given its own.
CREATE TABLE shift_counter (
  tenant_id   VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id    VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  till_id     VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  last_number INT NOT NULL,
  CONSTRAINT pk_shift_counter PRIMARY KEY (tenant_id, store_id, till_id)
);
ALTER SECURITY POLICY dbo.tenant_policy
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.shift,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.shift AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.shift AFTER UPDATE,
  ADD FILTER PREDICATE dbo.tenant_wall(tenant_id) ON dbo.shift_counter,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.shift_counter AFTER INSERT,
  ADD BLOCK PREDICATE dbo.tenant_wall(tenant_id) ON dbo.shift_counter AFTER UPDATE;
