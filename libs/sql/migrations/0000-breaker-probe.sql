-- What the breaker's prober writes to and rolls back: it proves that the database takes writes, not only that it answers.
CREATE TABLE breaker_probe (
  id UNIQUEIDENTIFIER NOT NULL,
  at DATETIME2(3) NOT NULL,
  CONSTRAINT pk_breaker_probe PRIMARY KEY (id)
);
