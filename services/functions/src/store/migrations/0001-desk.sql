-- Every dead letter that was ever seen, where it lies and why. The queues hold the messages; this is what people search.
CREATE TABLE dead_letter (
  topic VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  subscription VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sequence_number BIGINT NOT NULL,
  tenant_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
  sale_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
  message_id VARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  type VARCHAR(120) COLLATE Latin1_General_100_BIN2 NOT NULL,
  signature VARCHAR(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
  -- JSON: what is known of the failure.
  facts NVARCHAR(MAX) NOT NULL,
  -- Without card tokens.
  body_text NVARCHAR(4000) NOT NULL,
  currency VARCHAR(3) COLLATE Latin1_General_100_BIN2 NULL,
  value_minor BIGINT NULL,
  failed_at DATETIME2(3) NOT NULL,
  enqueued_at DATETIME2(3) NOT NULL,
  delivery_count INT NOT NULL,
  replay_of VARCHAR(128) COLLATE Latin1_General_100_BIN2 NULL,
  replay_count INT NOT NULL,
  state VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  CONSTRAINT pk_dead_letter PRIMARY KEY (topic, subscription, sequence_number),
  CONSTRAINT ck_dead_letter_state CHECK (state IN ('waiting', 'moving', 'replayed', 'discarded', 'gone'))
);
CREATE INDEX ix_dead_letter_signature ON dead_letter (signature, tenant_id, sequence_number) WHERE state = 'waiting';
CREATE INDEX ix_dead_letter_sale ON dead_letter (tenant_id, sale_id);

-- What the failures of one cause have in common.
CREATE TABLE failure_group (
  tenant_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  signature VARCHAR(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
  topic VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  subscription VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  type VARCHAR(120) COLLATE Latin1_General_100_BIN2 NOT NULL,
  reason VARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  facts NVARCHAR(MAX) NOT NULL,
  CONSTRAINT pk_failure_group PRIMARY KEY (tenant_id, signature)
);

-- How many wait, and how much money is in them, by group, store, currency and hour of failure: groups are listed from these few rows, however many
-- dead letters there are. Kept in the same transactions as the entries.
CREATE TABLE failure_tally (
  tenant_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  signature VARCHAR(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
  store_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  currency VARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
  hour DATETIME2(3) NOT NULL,
  waiting INT NOT NULL,
  value_minor BIGINT NOT NULL,
  first_failed_at DATETIME2(3) NOT NULL,
  last_failed_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_failure_tally PRIMARY KEY (tenant_id, signature, store_id, currency, hour)
);

-- How far each queue was walked.
CREATE TABLE index_cursor (
  topic VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  subscription VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  next_sequence BIGINT NOT NULL,
  CONSTRAINT pk_index_cursor PRIMARY KEY (topic, subscription)
);

CREATE TABLE replay_plan (
  plan_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  tenant_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  -- JSON: what was decided when the plan was made, and never changes.
  document NVARCHAR(MAX) NOT NULL,
  created_at DATETIME2(3) NOT NULL,
  approved_by NVARCHAR(200) NULL,
  state VARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  because NVARCHAR(400) NULL,
  wave INT NOT NULL,
  ramp_from INT NOT NULL,
  predicted_at DATETIME2(3) NULL,
  version INT NOT NULL,
  -- Which process runs it, and until when it is believed to.
  lease_owner VARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
  lease_until DATETIME2(3) NULL,
  CONSTRAINT pk_replay_plan PRIMARY KEY (plan_id),
  CONSTRAINT ck_replay_plan_state CHECK (state IN ('draft', 'running', 'paused', 'stopped', 'done', 'cancelled', 'expired'))
);
CREATE INDEX ix_replay_plan_running ON replay_plan (lease_until) WHERE state = 'running';

CREATE TABLE replay_item (
  plan_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sequence_number BIGINT NOT NULL,
  tenant_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sale_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
  message_id VARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  replay_id VARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  state VARCHAR(12) COLLATE Latin1_General_100_BIN2 NOT NULL,
  wave INT NULL,
  -- What was told of the replay. The state follows when the dead letter is known to be out of its queue: the replay may be faster than we are.
  outcome VARCHAR(12) COLLATE Latin1_General_100_BIN2 NULL,
  prediction VARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
  because NVARCHAR(400) NULL,
  CONSTRAINT pk_replay_item PRIMARY KEY (plan_id, sequence_number)
);
CREATE INDEX ix_replay_item_replay ON replay_item (replay_id);

-- Messages that were taken out of their queue for good, or edited: whole, so that they can be put back.
CREATE TABLE archived_message (
  topic VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  subscription VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  sequence_number BIGINT NOT NULL,
  tenant_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  message NVARCHAR(MAX) NOT NULL,
  reason NVARCHAR(400) NOT NULL,
  archived_by NVARCHAR(200) NOT NULL,
  archived_at DATETIME2(3) NOT NULL,
  restored_at DATETIME2(3) NULL,
  CONSTRAINT pk_archived_message PRIMARY KEY (topic, subscription, sequence_number)
);

-- Who did what. Append-only, and chained: each hash covers the one before.
CREATE TABLE audit (
  number BIGINT NOT NULL,
  at VARCHAR(24) COLLATE Latin1_General_100_BIN2 NOT NULL,
  tenant_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  actor NVARCHAR(200) NOT NULL,
  action VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  plan_id VARCHAR(36) COLLATE Latin1_General_100_BIN2 NULL,
  place VARCHAR(160) COLLATE Latin1_General_100_BIN2 NULL,
  message_id VARCHAR(128) COLLATE Latin1_General_100_BIN2 NULL,
  detail NVARCHAR(1000) NULL,
  previous_hash VARCHAR(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
  hash VARCHAR(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
  CONSTRAINT pk_audit PRIMARY KEY (number)
);

-- What each process last told of its breakers.
CREATE TABLE told_breaker (
  service VARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
  instance VARCHAR(120) COLLATE Latin1_General_100_BIN2 NOT NULL,
  dependency VARCHAR(120) COLLATE Latin1_General_100_BIN2 NOT NULL,
  state VARCHAR(12) COLLATE Latin1_General_100_BIN2 NOT NULL,
  cause NVARCHAR(400) NULL,
  told_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_told_breaker PRIMARY KEY (service, instance, dependency)
);
