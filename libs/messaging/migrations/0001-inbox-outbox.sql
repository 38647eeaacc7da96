-- Every message id that was handled, in the transaction that handled it: a redelivery finds its mark and changes nothing.
CREATE TABLE inbox (
  tenant_id  VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  message_id VARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
  handled_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_inbox PRIMARY KEY (tenant_id, message_id)
);
CREATE INDEX ix_inbox_handled_at ON inbox (handled_at);

-- Messages that were decided but may not have reached the bus yet: one row for each commit, in commit order (version 7 ids),
-- because a commit and its messages stand and fall together and a row per message would cost twice as much as handling it.
CREATE TABLE outbox (
  chunk_id      VARCHAR(36) COLLATE Latin1_General_100_BIN2 NOT NULL,
  created_at    DATETIME2(3) NOT NULL,
  message_count INT NOT NULL,
  messages      NVARCHAR(MAX) NOT NULL,
  CONSTRAINT pk_outbox PRIMARY KEY (chunk_id)
);
