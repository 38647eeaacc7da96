-- The last number given out, for each store and series. It is changed only together with the receipt that takes the number.
CREATE TABLE receipt_counter (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  series VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  last_number INT NOT NULL,
  CONSTRAINT pk_receipt_counter PRIMARY KEY (tenant_id, store_id, series),
  CONSTRAINT ck_receipt_counter_last_number CHECK (last_number > 0)
);

-- One receipt for each sale, and one sale for each number, for ever.
CREATE TABLE receipt (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  series VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  number INT NOT NULL,
  command_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  till_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  issued_at DATETIME2(3) NOT NULL,
  document NVARCHAR(MAX) NOT NULL,
  CONSTRAINT pk_receipt PRIMARY KEY (tenant_id, sale_id),
  CONSTRAINT uq_receipt_number UNIQUE (tenant_id, store_id, series, number)
);

-- Append-only. The key begins with the time, because it is read by day; that a number is used once is the receipt's business.
CREATE TABLE sale_journal (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  issued_at DATETIME2(3) NOT NULL,
  series VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  number INT NOT NULL,
  kind VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  currency VARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
  net_minor BIGINT NOT NULL,
  tax_minor BIGINT NOT NULL,
  gross_minor BIGINT NOT NULL,
  CONSTRAINT pk_sale_journal PRIMARY KEY (tenant_id, store_id, issued_at, series, number),
  CONSTRAINT ck_sale_journal_kind CHECK (kind IN ('sale')),
  CONSTRAINT ck_sale_journal_gross CHECK (gross_minor = net_minor + tax_minor)
);
