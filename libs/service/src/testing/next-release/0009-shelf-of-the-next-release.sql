-- As an expanding migration of a later release leaves a table.
ALTER TABLE shelf ADD counted_at DATETIME2(3) NULL;
