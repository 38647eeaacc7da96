-- One row for each sale, kept for ever: it answers a command that is repeated months later, and bars one that was voided before it came.
CREATE TABLE payment (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  currency VARCHAR(3) COLLATE Latin1_General_100_BIN2 NULL,
  total_minor BIGINT NOT NULL,
  state VARCHAR(12) COLLATE Latin1_General_100_BIN2 NOT NULL,
  decline_code VARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
  declined_position INT NULL,
  attention VARCHAR(40) COLLATE Latin1_General_100_BIN2 NULL,
  version INT NOT NULL,
  created_at DATETIME2(3) NOT NULL,
  updated_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_payment PRIMARY KEY (tenant_id, sale_id),
  CONSTRAINT ck_payment_state CHECK (state IN ('authorizing', 'authorized', 'declining', 'declined', 'capturing', 'captured', 'refused', 'voiding', 'voided')),
  CONSTRAINT ck_payment_total CHECK (total_minor >= 0)
);

-- What an operator has to look at; next to nothing, so it costs next to nothing.
CREATE INDEX ix_payment_attention ON payment (updated_at) WHERE attention IS NOT NULL;

-- Written under the payment's version. The token is there only while the authorization may have to be asked for again.
CREATE TABLE tender (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  position INT NOT NULL,
  type VARCHAR(4) COLLATE Latin1_General_100_BIN2 NOT NULL,
  amount_minor BIGINT NOT NULL,
  tendered_minor BIGINT NOT NULL,
  card_token VARCHAR(64) COLLATE Latin1_General_100_BIN2 NULL,
  provider_reference VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  provider_id VARCHAR(80) COLLATE Latin1_General_100_BIN2 NULL,
  state VARCHAR(12) COLLATE Latin1_General_100_BIN2 NOT NULL,
  decline_code VARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
  operation VARCHAR(10) COLLATE Latin1_General_100_BIN2 NULL,
  round INT NOT NULL,
  attempt INT NOT NULL,
  asked_at DATETIME2(3) NULL,
  next_attempt_at DATETIME2(3) NULL,
  CONSTRAINT pk_tender PRIMARY KEY (tenant_id, sale_id, position),
  CONSTRAINT uq_tender_provider_reference UNIQUE (tenant_id, provider_reference),
  CONSTRAINT ck_tender_type CHECK (type IN ('card', 'cash')),
  CONSTRAINT ck_tender_state CHECK (state IN ('pending', 'unknown', 'authorized', 'declined', 'captured', 'refused', 'voided')),
  CONSTRAINT ck_tender_amounts CHECK (amount_minor >= 0 AND tendered_minor >= amount_minor)
);

-- Only questions without an answer are in it, so it stays as small as the sales under way.
CREATE INDEX ix_tender_next_attempt_at ON tender (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- Append-only. The key lets each kind of movement happen once for each tender, for ever.
CREATE TABLE payment_ledger (
  tenant_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  position INT NOT NULL,
  kind VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  amount_minor BIGINT NOT NULL,
  at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_payment_ledger PRIMARY KEY (tenant_id, sale_id, position, kind),
  CONSTRAINT ck_payment_ledger_kind CHECK (kind IN ('authorized', 'captured', 'voided'))
);
