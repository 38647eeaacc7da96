-- How much was sold from each store's shelf: the smallest effect that must happen exactly once.
CREATE TABLE shelf (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id  VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sold      INT NOT NULL,
  version   INT NOT NULL,
  CONSTRAINT pk_shelf PRIMARY KEY (tenant_id, store_id)
);
