import { setTimeout as sleep } from 'node:timers/promises';
import type { BreakerPolicy } from '@checkout/resilience';
import { z } from 'zod';
import { Database } from './database.ts';
import { startScriptedServer, type Reply, type ScriptedServer } from './testing/scripted-server.ts';
import { sql } from './sql.ts';
import { int } from './types.ts';

const One = z.object({ one: z.int() });
const isWork = (statement: string): boolean => statement.includes('BEGIN TRAN') && !statement.includes('breaker_probe');

/** Answers the units of work with these, one after the other, and everything else with a row. */
const inTurn = (...replies: Reply[]) => (statement: string): Reply => (isWork(statement) ? replies.shift() : undefined) ?? (isWork(statement) ? 'done' : 'one');

const open = (server: ScriptedServer, policy: Partial<BreakerPolicy> = {}): Database =>
  Database.open({ connectionString: server.connectionString, name: 'cart', lane: 'accept', policy });
const work = sql`UPDATE sale SET n = ${int(1)};`;
const took = async (call: Promise<unknown>): Promise<[unknown, number]> => {
  const began = performance.now();
  const outcome = await call.catch((error: unknown) => error);
  return [outcome, performance.now() - began];
};

test('reads through the real driver', async () => {
  await using server = await startScriptedServer();
  await using database = open(server);
  expect(await database.query(One, sql`SELECT ${int(1)} AS one;`)).toEqual([{ one: 1 }]);
  expect(server.statements[0]).toContain('SELECT @p0 AS one;');
});

test('asks the server nothing before a statement, and uses a connection again', async () => {
  await using server = await startScriptedServer();
  await using database = open(server);
  for (let count = 0; count < 10; count += 1) await database.ready();
  expect(server.statements).toHaveLength(10);
  expect(server.logins).toBe(2); // The pool's first connection is only its test of the address.
});

test('has the server abort a transaction at the first error, which the driver would turn off', async () => {
  await using server = await startScriptedServer();
  await using database = open(server);
  await database.ready();
  expect(server.settings[0]).toContain('set xact_abort on');
});

test('sends a unit of work as one batch that aborts as a whole and refuses a dirty connection', async () => {
  await using server = await startScriptedServer(inTurn());
  await using database = open(server);
  await database.commit(work);
  expect(server.statements).toHaveLength(1);
  expect(server.statements[0]).toMatch(/SET XACT_ABORT, NOCOUNT ON;\s+IF @@TRANCOUNT <> 0 THROW 51000, 'dirty connection', 1;\s+BEGIN TRAN;\s+UPDATE sale SET n = @p0;\s+COMMIT;/);
});

test.each([['Q24 a deadlock victim', 1205], ['Q25 a snapshot conflict', 3960], ['Q25 a lock wait that took too long', 1222]])('%s (%i) is run again', async (_, number) => {
  await using server = await startScriptedServer(inTurn({ error: number, message: 'run it again' }, { error: number, message: 'and again' }));
  await using database = open(server);
  await database.commit(work);
  expect(server.statements).toHaveLength(3);
  expect(database.state).toBe('closed');
});

test('Q24 gives a deadlock victim up after two more tries', async () => {
  await using server = await startScriptedServer((statement) => (isWork(statement) ? { error: 1205, message: 'victim' } : 'one'));
  await using database = open(server);
  await expect(database.commit(work)).rejects.toMatchObject({ number: 1205 });
  expect(server.statements).toHaveLength(3);
});

test('closes a connection on which somebody left a transaction open, and runs on another', async () => {
  await using server = await startScriptedServer(inTurn({ error: 51_000, message: 'dirty connection' }));
  await using database = open(server);
  await database.ready();
  const logins = server.logins;
  await database.commit(work);
  expect(server.logins).toBe(logins + 1);
});

test('Q07 a unit of work that was stopped in time, which the server confirmed, leaves its connection to nobody: its transaction may still be open', async () => {
  await using server = await startScriptedServer(inTurn('slow'));
  await using database = open(server, { concurrency: 1 });
  await database.ready();
  const logins = server.logins;
  expect(await database.commit(work).catch((error: unknown) => error)).toMatchObject({ name: 'CommitUnknown' });
  expect(database.state).toBe('closed');
  await database.commit(work);
  expect(server.logins).toBe(logins + 1);
});

test('closes a connection whose statement left a transaction open, before anybody else can borrow it', async () => {
  await using server = await startScriptedServer((statement) => (statement.includes('BEGIN TRAN') ? { error: 266, message: 'Transaction count' } : 'one'));
  await using database = open(server, { concurrency: 1 });
  await expect(database.query(One, sql`BEGIN TRAN;`)).rejects.toMatchObject({ number: 266 });
  const logins = server.logins;
  await database.ready();
  expect(server.logins).toBe(logins + 1);
});

test.each([
  [2627, "Violation of PRIMARY KEY constraint 'pk_sale'. Cannot insert duplicate key in object 'dbo.sale'. The duplicate key value is (secret).", 'pk_sale'],
  [2601, "Cannot insert duplicate key row in object 'dbo.sale' with unique index 'ux_sale'. The duplicate key value is (secret).", 'ux_sale'],
])('Q38 meets %i as a conflict that names what was violated and not the value', async (number, message, on) => {
  await using server = await startScriptedServer(inTurn({ error: number, message, severity: 14 }));
  await using database = open(server);
  const conflict = await database.commit(work).catch((error: unknown) => error);
  expect(conflict).toMatchObject({ name: 'Conflict', kind: 'duplicate', on });
  expect(String(conflict)).not.toContain('secret');
});

test('Q16 a login refused by a failover is known by its number, opens the breaker at once and is not tried again behind our back', async () => {
  await using server = await startScriptedServer();
  server.loginError = 40_613;
  await using database = open(server);
  const [outcome] = await took(database.ready());
  expect(outcome).toMatchObject({ name: 'DependencyUnavailable', cause: { originalError: { number: 40_613 } } });
  expect(server.logins).toBe(1);
  expect(database.state).toBe('open');
  expect(database.retryAfterMs).toBeGreaterThan(2_000);
});

test('Q08 a server that falls silent costs a caller no more than the deadline, and is used again when three probes in a row could write', async () => {
  await using server = await startScriptedServer(inTurn('silence'));
  await using database = open(server);
  await database.ready();
  const [outcome, ms] = await took(database.commit(work));
  expect(outcome).toMatchObject({ name: 'CommitUnknown' });
  expect(ms).toBeLessThan(700);
  expect(database.state).toBe('open'); // It did not even confirm the cancellation: a black hole.
  await database.whenClosed();
  await database.commit(work);
  expect(server.statements.filter((statement) => statement.includes('breaker_probe'))).toHaveLength(3);
});

test('Q10 an answer that stops half-way does not hang, which the driver’s own time-out would let it do', async () => {
  await using server = await startScriptedServer((statement) => (statement.includes('SELECT @p0') ? 'stall' : 'one'));
  await using database = open(server, { concurrency: 1 });
  await database.ready();
  const logins = server.logins;
  const [outcome, ms] = await took(database.query(One, sql`SELECT ${int(1)} AS one;`));
  expect(outcome).toMatchObject({ name: 'DependencyUnavailable' });
  expect(ms).toBeLessThan(700);
  await sleep(250); // The driver gives the cancellation this long before it cuts the connection and the place is free again.
  await database.ready();
  expect(server.logins).toBe(logins + 1);
});

test('Q03 a connection cut under a commit leaves the outcome unknown, at once', async () => {
  await using server = await startScriptedServer(inTurn('hang-up'));
  await using database = open(server);
  const [outcome, ms] = await took(database.commit(work));
  expect(outcome).toMatchObject({ name: 'CommitUnknown' });
  expect(ms).toBeLessThan(300);
  await database.commit(work);
});

test.each([[40_501, 'throttled'], [3_906, 'read-only'], [9_002, 'out of log']])('%i, %s, is an outage and not an unknown commit: the server said that it rolled back', async (number, message) => {
  await using server = await startScriptedServer(inTurn({ error: number, message }));
  await using database = open(server);
  await expect(database.commit(work)).rejects.toMatchObject({ name: 'DependencyUnavailable' });
  expect(database.state).toBe('open');
});

test('an error in the statement is neither an outage nor hidden', async () => {
  await using server = await startScriptedServer(inTurn({ error: 208, message: "Invalid object name 'sale'." }));
  await using database = open(server);
  await expect(database.commit(work)).rejects.toMatchObject({ number: 208, message: "Invalid object name 'sale'." });
  expect(database.state).toBe('closed');
});

test('Q29 load alone neither opens the breaker nor makes anyone wait in the pool', async () => {
  await using server = await startScriptedServer((statement) => (statement.includes('SELECT 1') ? 'silence' : 'one'));
  await using database = open(server, { concurrency: 2, queue: 3, failuresInARow: 100 });
  const calls = Array.from({ length: 50 }, () => took(database.ready()));
  const outcomes = await Promise.all(calls.slice(5));
  for (const [outcome, ms] of outcomes) {
    expect(outcome).toMatchObject({ name: 'BulkheadFull' });
    expect(ms).toBeLessThan(150);
  }
  await Promise.all(calls);
});

test('Q02 a connection that breaks while idle takes nothing down', async () => {
  const server = await startScriptedServer();
  await using database = open(server);
  await Promise.all([database.ready(), database.ready()]);
  await server[Symbol.asyncDispose]();
  await sleep(50);
  await expect(database.ready()).rejects.toMatchObject({ name: 'DependencyUnavailable' });
});

test('closing waits for nobody for ever', async () => {
  await using server = await startScriptedServer((statement) => (statement.includes('SELECT 1') ? 'silence' : 'one'));
  const database = open(server);
  const stuck = database.ready().catch((error: unknown) => error);
  await sleep(50);
  const [, ms] = await took(database.close());
  expect(ms).toBeLessThan(1_000);
  expect(await stuck).toMatchObject({ name: 'DependencyUnavailable' });
  await expect(database.ready()).rejects.toMatchObject({ name: 'DependencyUnavailable' });
});
