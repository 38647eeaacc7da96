-- Whose drawer the cash of a refund came out of.
ALTER TABLE refund ADD shift_id VARCHAR(64) COLLATE Latin1_General_100_BIN2 NULL;
CREATE INDEX ix_refund_shift ON refund (tenant_id, shift_id) WHERE shift_id IS NOT NULL;
