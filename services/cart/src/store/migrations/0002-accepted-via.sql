-- By which route a checkout was accepted: NULL is 'sql', as all were before this. priced_at: when the copy of the catalogue was made that
-- its prices are from; NULL when they are the catalogue's own.
ALTER TABLE checkout ADD accepted_via VARCHAR(3) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE checkout ADD priced_at DATETIME2(3) NULL;
