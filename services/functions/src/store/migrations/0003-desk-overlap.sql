-- Whether another plan has the same dead letters is asked whenever a plan is made or started.
CREATE INDEX ix_replay_item_sequence ON replay_item (sequence_number);
