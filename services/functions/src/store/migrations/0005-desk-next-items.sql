-- A run asks for its next items, and which sales wait, with every wave: however many items the plan has.
CREATE INDEX ix_replay_item_state ON replay_item (plan_id, state, sequence_number);
CREATE INDEX ix_replay_item_sale ON replay_item (plan_id, tenant_id, sale_id);
