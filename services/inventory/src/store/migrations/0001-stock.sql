-- What a store has of an article. Below zero when paid goods left that were not counted, so on_hand has no lower bound.
CREATE TABLE stock_level (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sku VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  on_hand INT NOT NULL,
  reserved INT NOT NULL,
  CONSTRAINT pk_stock_level PRIMARY KEY (tenant_id, store_id, sku),
  CONSTRAINT ck_stock_level_on_hand CHECK (on_hand <= 1000000000),
  CONSTRAINT ck_stock_level_reserved CHECK (reserved >= 0)
);

-- One row for each sale, kept for ever: it answers a command that is repeated months later.
CREATE TABLE reservation (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  state VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  lines NVARCHAR(MAX) NULL,
  shortages NVARCHAR(MAX) NULL,
  expires_at DATETIME2(3) NULL,
  version INT NOT NULL,
  CONSTRAINT pk_reservation PRIMARY KEY (tenant_id, sale_id),
  CONSTRAINT ck_reservation_state CHECK (state IN ('held', 'committed', 'expired', 'refused', 'released'))
);

-- Only open reservations are in it, so it stays as small as the sales under way.
CREATE INDEX ix_reservation_held ON reservation (expires_at) INCLUDE (store_id) WHERE state = 'held';

-- Append-only. On hand is its sum. The key makes every delivery and every sale count once, for ever.
CREATE TABLE stock_ledger (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sku VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  kind VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  reference NVARCHAR(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
  quantity INT NOT NULL,
  entered_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_stock_ledger PRIMARY KEY (tenant_id, store_id, sku, kind, reference),
  CONSTRAINT ck_stock_ledger_quantity CHECK ((kind = 'delivery' AND quantity > 0) OR (kind = 'sale' AND quantity < 0))
);

CREATE TABLE delivery (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  delivery_id NVARCHAR(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  body_hash VARCHAR(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
  received_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_delivery PRIMARY KEY (tenant_id, delivery_id)
);
