-- Stores as the back office sets them up. A till cannot sell for a store that is not here.
CREATE TABLE store (
  tenant_id  VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id   VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  name       NVARCHAR(80) NOT NULL,
  currency   VARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
  tax_mode   VARCHAR(9) COLLATE Latin1_General_100_BIN2 NOT NULL,
  updated_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_store PRIMARY KEY (tenant_id, store_id)
);

-- The catalogue: prices are the tenant's, for all stores.
CREATE TABLE product (
  tenant_id        VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sku              VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  barcode          VARCHAR(14) COLLATE Latin1_General_100_BIN2 NULL,
  description      NVARCHAR(80) NOT NULL,
  unit_price_minor BIGINT NOT NULL,
  tax_rate_bp      INT NOT NULL,
  updated_at       DATETIME2(3) NOT NULL,
  CONSTRAINT pk_product PRIMARY KEY (tenant_id, sku)
);
CREATE UNIQUE INDEX ux_product_barcode ON product (tenant_id, barcode) WHERE barcode IS NOT NULL;

-- command_id names the checkout that holds the basket closed; open baskets have none.
CREATE TABLE basket (
  tenant_id   VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  basket_id   VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id    VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  currency    VARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
  tax_mode    VARCHAR(9) COLLATE Latin1_General_100_BIN2 NOT NULL,
  command_id  VARCHAR(36) COLLATE Latin1_General_100_BIN2 NULL,
  last_change VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  version     INT NOT NULL,
  CONSTRAINT pk_basket PRIMARY KEY (tenant_id, basket_id)
);
CREATE UNIQUE INDEX ux_basket_command ON basket (tenant_id, command_id) WHERE command_id IS NOT NULL;

-- Prices are those of the first scan. position keeps the order of the scans.
CREATE TABLE basket_line (
  tenant_id        VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  basket_id        VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sku              VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  position         INT NOT NULL,
  description      NVARCHAR(80) NOT NULL,
  quantity         INT NOT NULL,
  unit_price_minor BIGINT NOT NULL,
  tax_rate_bp      INT NOT NULL,
  CONSTRAINT pk_basket_line PRIMARY KEY (tenant_id, basket_id, sku)
);

-- One row for each command a till ever sent: its primary key is what makes a command one sale, for ever.
-- till_id and body_hash are unknown for a sale that came straight over the bus.
CREATE TABLE checkout (
  tenant_id      VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  command_id     VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id        VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id       VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  till_id        VARCHAR(40) COLLATE Latin1_General_100_BIN2 NULL,
  body_hash      VARCHAR(43) COLLATE Latin1_General_100_BIN2 NULL,
  basket_id      VARCHAR(36) COLLATE Latin1_General_100_BIN2 NULL,
  currency       VARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
  total_minor    BIGINT NOT NULL,
  state          VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  reason         NVARCHAR(MAX) NULL,
  change_minor   BIGINT NULL,
  receipt_number VARCHAR(40) COLLATE Latin1_General_100_BIN2 NULL,
  accepted_at    DATETIME2(3) NOT NULL,
  ended_at       DATETIME2(3) NULL,
  version        INT NOT NULL,
  CONSTRAINT pk_checkout PRIMARY KEY (tenant_id, command_id)
);
