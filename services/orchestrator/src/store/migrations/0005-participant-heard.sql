-- For each participant and partition: when the latest request was made that it has answered. It tells a participant that is away from one that is silent
-- about one sale. Of no tenant: it says nothing about a sale.
CREATE TABLE participant_heard (
  participant VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  partition_id VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  asked_at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_participant_heard PRIMARY KEY (participant, partition_id)
);

-- How often the awaited steps were asked while their participant answered nobody; `attempts` counts the other requests.
ALTER TABLE checkout_saga ADD unheard INT NOT NULL CONSTRAINT df_checkout_saga_unheard DEFAULT 0;
ALTER TABLE refund_saga ADD unheard INT NOT NULL CONSTRAINT df_refund_saga_unheard DEFAULT 0;
