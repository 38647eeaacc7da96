import { randomUUID } from 'node:crypto';
import { classify } from './classify.ts';
import type { Connector } from './connector.ts';
import { sql } from './sql.ts';
import { uuid } from './types.ts';

/**
 * Resolves when the database takes writes again: a row is written to `breaker_probe` and rolled back. A read would not do, since after a
 * failover to a read-only replica, or with a full log, reads still work.
 * @throws the driver's error while it does not.
 */
export async function probeWrite(connector: Connector, signal: AbortSignal): Promise<void> {
  await answered(connector.execute(sql`
    SET XACT_ABORT, NOCOUNT ON;
    BEGIN TRAN;
    INSERT INTO breaker_probe (id, at) VALUES (${uuid(randomUUID())}, SYSUTCDATETIME());
    ROLLBACK;`, signal));
}

/** For the `read` lane, whose replica takes no writes. */
export async function probeRead(connector: Connector, signal: AbortSignal): Promise<void> {
  await answered(connector.execute(sql`SELECT 1 AS one;`, signal));
}

/** A missing table or right is an answer too: the database is there, and the calls themselves will say what is missing. */
async function answered(attempt: Promise<unknown>): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    if (classify(error).verdict !== 'ok') throw error;
  }
}
