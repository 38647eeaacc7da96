-- The name of the outage for which a breaker opened: the same on the dead letters that it made.
ALTER TABLE told_breaker ADD incident_id VARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL;
