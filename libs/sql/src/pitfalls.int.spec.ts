/** One test for each row of the table of pitfalls that were measured in mssql, tedious and tarn: what would go wrong, and that it does not here. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join as joinPath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BreakerPolicy } from '@checkout/resilience';
import { z } from 'zod';
import { budgets } from './budgets.ts';
import { classify } from './classify.ts';
import { Database } from './database.ts';
import { Pool } from './pool.ts';
import { startScriptedServer, type Reply, type ScriptedServer } from './testing/scripted-server.ts';
import { sql } from './sql.ts';
import { bigint, bit, int, nvarchar, varchar } from './types.ts';

const work = sql`UPDATE sale SET n = ${int(1)};`;
const isWork = (statement: string): boolean => statement.includes('UPDATE sale');
/** Answers the units of work with these, one after the other, and everything else well. */
const inTurn = (...replies: Reply[]) => (statement: string): Reply => (isWork(statement) ? (replies.shift() ?? 'done') : 'one');
const quick: Partial<BreakerPolicy> = { probe: { goodInARow: 3, gapMs: 20, deadlineMs: 400, delaysMs: () => [100] } };
const open = (server: ScriptedServer, policy: Partial<BreakerPolicy> = quick): Database =>
  Database.open({ connectionString: server.connectionString, name: 'cart', lane: 'accept', policy });
/** Resolves when nothing occupies a place any more, though its caller was told long ago. */
const placesFree = async ({ breaker }: Database): Promise<void> => {
  await sleep(50);
  while (breaker.load.inFlight > 0) await sleep(20);
};
const timed = async (call: Promise<unknown>): Promise<[outcome: unknown, ms: number]> => {
  const began = performance.now();
  return [await call.catch((error: unknown) => error), performance.now() - began];
};

const root = joinPath(import.meta.dirname, '../../..');
const shipped = ['libs', 'services'].flatMap((folder) => readdirSync(joinPath(root, folder), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.includes('node_modules'))
  .map((path) => ({ path: joinPath(folder, path), text: readFileSync(joinPath(root, folder, path), 'utf8') })));

test('M1 a connection with a stranger’s transaction is closed, and no code begins one of its own', async () => {
  await using server = await startScriptedServer(inTurn({ error: 51_000, message: 'dirty connection' }));
  await using database = open(server);
  await database.ready();
  const { logins } = server;
  await database.commit(work);
  expect(server.logins).toBe(logins + 1);
  for (const statement of server.statements.filter(isWork)) expect(statement).toMatch(/IF @@TRANCOUNT <> 0 THROW 51000.*BEGIN TRAN;.*UPDATE sale/s);
  expect(shipped.filter(({ text }) => /new (mssql\.)?Transaction\(|\.beginTransaction\(/.test(text)).map(({ path }) => path)).toEqual([]);
});

test.each(['commitTransaction', 'rollbackTransaction'] as const)('M1 Q07 a connection on which a %s of the driver’s own was not answered is lent to nobody else', async (end) => {
  await using server = await startScriptedServer((statement) => (/^(COMMIT|ROLLBACK)$/.test(statement) ? 'slow' : 'done'));
  const pool = new Pool(server.connectionString, 'cart', { ...budgets.accept.driver, connections: 1 }, () => {});
  const first = await pool.acquire();
  expect(await new Promise((resolve) => { first.beginTransaction(resolve); })).toBeFalsy();
  const outcome = await new Promise((resolve) => { first[end](resolve); });
  expect(outcome).toMatchObject({ code: 'ETIMEOUT' });
  pool.release(first);
  const next = await pool.acquire();
  pool.release(next);
  await pool.close();
  expect(next === first).toBe(false);
});

test('M2 Q10 an answer that stops after its first packet costs no more than the deadline, and the place is free again', async () => {
  await using server = await startScriptedServer(inTurn('stall'));
  await using database = open(server, { ...quick, concurrency: 1 });
  const [outcome, ms] = await timed(database.commit(work));
  expect(outcome).toMatchObject({ name: 'CommitUnknown' });
  expect(ms).toBeLessThan(2_000);
  await sleep(400);
  await database.whenClosed();
  await database.commit(work);
});

test('M3 a server that does not even confirm a cancellation costs no five seconds more', async () => {
  await using server = await startScriptedServer(inTurn('silence'));
  await using database = open(server);
  const [, ms] = await timed(Promise.all([database.commit(work).catch(() => {}), placesFree(database)]));
  expect(ms).toBeLessThan(3_500); // Of the driver's own it would be 5.4 s until the connection is given up, and its place with it.
});

test('M4 a refused login is not tried again behind our back', async () => {
  await using server = await startScriptedServer();
  server.loginError = 40_613;
  await using database = Database.open({ connectionString: server.connectionString, name: 'cart' });
  await timed(database.ready());
  await sleep(1_200); // The driver's three hidden retries are half a second apart.
  expect(server.logins).toBe(1);
});

test.each([49_918, 40_501, 10_928])('M5 %i opens the breaker at once, although the driver does not take it for transient', async (number) => {
  await using server = await startScriptedServer();
  server.loginError = number;
  await using database = Database.open({ connectionString: server.connectionString, name: 'cart' });
  await timed(database.ready());
  expect(database.breaker.cause).toMatchObject({ kind: 'throttled' });
});

test('M6 a login refused by a failover does not look like a wrong password', async () => {
  await using server = await startScriptedServer();
  server.loginError = 40_613;
  await using database = open(server);
  await timed(database.ready());
  expect(database.breaker.cause).toMatchObject({ kind: 'failover' });
});

test('M7 a reset in flight is a lost connection whatever it is called, and a number that is a text is no number', async () => {
  await using server = await startScriptedServer(inTurn('hang-up'));
  await using database = open(server);
  const [outcome] = await timed(database.commit(work));
  expect(classify((outcome as Error).cause)).toMatchObject({ verdict: 'fail', kind: 'connection-lost' });
  expect(classify(Object.assign(new Error(), { code: 'ETIMEOUT', number: 'ETIMEOUT' }))).toEqual({ verdict: 'fail', kind: 'timeout' });
});

test.each(['accept', 'work', 'read'] as const)('M8 nobody waits for a connection in the pool of the %s lane: whoever has a place has one', async (lane) => {
  await using server = await startScriptedServer((statement) => (isWork(statement) ? 'silence' : 'one'));
  await using database = Database.open({ connectionString: server.connectionString, name: 'cart', lane, policy: { ...quick, failuresInARow: 1_000 } });
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => database.commit(work).catch((error: unknown) => error)));
  for (const outcome of outcomes) {
    expect((outcome as Error).name).toMatch(/^(BulkheadFull|CommitUnknown|DependencyUnavailable)$/);
    expect(String((outcome as Error).cause)).not.toMatch(/acquire|unknown reason/);
  }
});

test('M8 should somebody wait there after all, the pool’s error without a code is known for what it is', async () => {
  await using server = await startScriptedServer();
  const pool = new Pool(server.connectionString, 'cart', { ...budgets.accept.driver, connections: 1 }, () => {});
  const first = await pool.acquire();
  const [outcome] = await timed(pool.acquire());
  pool.release(first);
  await pool.close();
  expect(outcome).toMatchObject({ message: expect.stringContaining('operation timed out') as string });
  expect((outcome as { code?: unknown }).code).toBeUndefined();
  expect(classify(outcome)).toEqual({ verdict: 'fail', kind: 'timeout' });
});

test('M9 Q16 fifty callers during a failover are all told soon, and do not storm the server with logins', async () => {
  await using server = await startScriptedServer();
  server.loginError = 40_613;
  await using database = Database.open({ connectionString: server.connectionString, name: 'cart', lane: 'accept' });
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => timed(database.ready())));
  for (const [outcome, ms] of outcomes) {
    expect(outcome).toMatchObject({ message: expect.stringContaining('cart/accept') });
    expect(ms).toBeLessThan(2_000);
  }
  expect(server.logins).toBeLessThanOrEqual(9);
});

test('M10 no question is asked before each statement', async () => {
  await using server = await startScriptedServer();
  await using database = open(server);
  for (let count = 0; count < 20; count += 1) await database.commit(work);
  expect(server.statements.filter((statement) => !isWork(statement))).toEqual([]);
});

test('M11 every unit of work sets up its session itself, since the pool resets none', async () => {
  await using server = await startScriptedServer();
  await using database = open(server);
  for (let count = 0; count < 3; count += 1) await database.commit(work);
  for (const statement of server.statements) expect(statement).toMatch(/SET XACT_ABORT, NOCOUNT ON;\s+IF @@TRANCOUNT <> 0 THROW 51000/);
});

test('M12 a statement error does not leave half a transaction behind', async () => {
  await using server = await startScriptedServer();
  await using database = open(server);
  await database.ready();
  expect(server.settings[0]).toContain('set xact_abort on');
});

test('M13 of several errors the first is the cause, not what followed from the rollback', () => {
  const [duplicate, noTransaction] = [2627, 3903].map((number) => Object.assign(new Error(String(number)), { number, code: 'EREQUEST', class: 14 }));
  expect(classify(new AggregateError([duplicate, noTransaction]))).toMatchObject({ kind: 'duplicate' });
  expect(classify(Object.assign(new Error('aborted'), { code: 'EABORT', originalError: duplicate }))).toMatchObject({ kind: 'duplicate' });
});

test('M13 a duplicate stays a duplicate when the driver is told of the lost transaction as well', async () => {
  await using server = await startScriptedServer(inTurn([{ error: 2627, message: "Violation of PRIMARY KEY constraint 'pk_sale'." }, { error: 3902, message: 'no corresponding BEGIN TRANSACTION' }]));
  await using database = open(server);
  await expect(database.commit(work)).rejects.toMatchObject({ name: 'Conflict', kind: 'duplicate', on: 'pk_sale' });
});

test('M14 units of work at the same time do not meet on one connection', async () => {
  await using server = await startScriptedServer();
  await using database = open(server);
  await Promise.all(Array.from({ length: 8 }, () => database.commit(work)));
  expect(server.statements).toHaveLength(8);
  await expect(Promise.all(Array.from({ length: 8 }, () => database.commit(work)))).resolves.toHaveLength(8);
  expect(database.figures.pool).toMatchObject({ used: 0, pending: 0 });
});

test('M15 a commit whose answer is lost is unknown, never failed, and the same batch can be run again', async () => {
  await using server = await startScriptedServer(inTurn('hang-up'));
  const unknown: unknown[] = [];
  await using database = Database.open({ connectionString: server.connectionString, name: 'cart', lane: 'accept', policy: quick, onCommitUnknown: (cause) => unknown.push(cause) });
  await expect(database.commit(work)).rejects.toMatchObject({ name: 'CommitUnknown' });
  expect(unknown).toHaveLength(1);
  await database.commit(work);
});

test('M16 closing ends in time although a statement never does', async () => {
  await using server = await startScriptedServer((statement) => (isWork(statement) ? 'silence' : 'one'));
  const database = open(server);
  const stuck = timed(database.commit(work));
  await sleep(50);
  const [, ms] = await timed(database.close());
  expect(ms).toBeLessThan(7_000);
  await stuck;
});

test('M16 closing ends in time although the first connection is still being made', async () => {
  const [listener, sockets] = [createServer((socket) => void sockets.push(socket)), [] as Socket[]];
  await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve));
  const database = Database.open({ connectionString: `Server=127.0.0.1,${(listener.address() as AddressInfo).port};Database=cart;User Id=sa;Password=secret;Encrypt=false`, name: 'cart' });
  const stuck = timed(database.ready());
  await sleep(50);
  const [outcome, ms] = await timed(database.close());
  expect(outcome).toBeUndefined();
  expect(ms).toBeLessThan(4_000); // The driver would wait for 5 s.
  expect((await stuck)[0]).toMatchObject({ name: 'DependencyUnavailable' });
  for (const socket of sockets) socket.destroy();
  listener.close();
});

test('M17 connections that break while nobody uses them take no process down', async () => {
  const server = await startScriptedServer();
  await using database = open(server);
  await Promise.all(Array.from({ length: 5 }, () => database.ready()));
  await server[Symbol.asyncDispose]();
  await sleep(100);
  await expect(database.ready()).rejects.toMatchObject({ name: 'DependencyUnavailable' });
});

test('M18 Q16 after a failover it comes back without a restart, with new connections, all of them', async () => {
  await using server = await startScriptedServer(inTurn('hang-up'));
  await using database = open(server, { ...quick, rampMs: 1 });
  await Promise.all(Array.from({ length: 4 }, () => database.ready()));
  server.loginError = 40_613;
  await timed(database.commit(work));
  for (let count = 0; count < 20 && database.state !== 'open'; count += 1) await timed(Promise.all(Array.from({ length: 8 }, () => database.ready())));
  expect(database.state).toBe('open');
  await sleep(1_000);
  server.loginError = undefined;
  await database.whenClosed();
  // Nothing is left of before but the prober's.
  while (server.connections > 1) await sleep(20);
  await sleep(600);
  await Promise.all(Array.from({ length: 8 }, () => database.ready()));
});

test.each([
  ['NaN', () => sql`SELECT ${int(NaN)};`], ['a fraction', () => sql`SELECT ${int(1.9)};`], ['an empty text for a number', () => sql`SELECT ${int('' as unknown as number)};`],
  ['undefined', () => sql`SELECT ${int(undefined as unknown as number)};`], ['a text for a boolean', () => sql`SELECT ${bit('false' as unknown as boolean)};`],
  ['a number beyond what is exact', () => sql`SELECT ${bigint(2 ** 60)};`], ['a character that the column cannot hold', () => sql`SELECT ${varchar(10, '\u{1F600}')};`],
])('M19 %s is refused before the driver makes something else of it', (_, make) => {
  expect(make).toThrow(TypeError);
});

test('M14, Q30 nothing stays borrowed, however calls have ended', async () => {
  const ends: Reply[] = ['done', 'slow', 'silence', 'stall', 'hang-up', { error: 2627, message: 'duplicate' }, { error: 51_000, message: 'dirty connection' }, { error: 33_504, message: 'another tenant' }];
  const waiting = ends.flatMap((end) => [end, end]);
  await using server = await startScriptedServer((statement) => (isWork(statement) ? (waiting.shift() ?? 'done') : 'one'));
  await using database = open(server, { ...quick, failuresInARow: 1_000, queueWaitMs: 5_000, rampMs: 1 });
  for (let calls = 0; waiting.length > 0; calls += 1) {
    await database.whenClosed();
    await Promise.all([timed(database.commit(work)), timed(database.query(z.unknown(), sql`SELECT 1 AS one;`))]);
    expect(calls).toBeLessThan(100);
  }
  await placesFree(database);
  expect(database.figures.pool).toMatchObject({ used: 0, pending: 0 });
  await database.whenClosed();
  await Promise.all(Array.from({ length: 8 }, () => database.commit(work)));
  expect(database.figures.pool).toMatchObject({ used: 0, pending: 0 });
});

/** What a broken box on the way may make of an answer. A packet of the server begins with 4, 1 (the last of its message) and its length. */
test.each<[string, Buffer]>([
  ['tokens that there are not', Buffer.from([4, 1, 0, 12, 0, 0, 1, 0, 0x13, 0x37, 0xff, 0x00])],
  ['a token that is longer than its packet', Buffer.from([4, 1, 0, 11, 0, 0, 1, 0, 0xaa, 0xff, 0xff])],
  ['columns of a type that there is not', Buffer.from([4, 1, 0, 20, 0, 0, 1, 0, 0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0x01, 0, 0])],
  ['a packet that is shorter than its head', Buffer.from([4, 1, 0, 3, 0, 0, 1, 0, 0, 0, 0])],
  ['a packet longer than what ever comes', Buffer.from([4, 1, 0xff, 0xff, 0, 0, 1, 0, 0xfd])],
  ['a message without an end', Buffer.from([4, 1, 0, 8, 0, 0, 1, 0])],
  ['another protocol', Buffer.from('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n')],
])('Q43 %s for an answer is one failure, costs the connection, and ends nothing else', async (_, garbage) => {
  await using server = await startScriptedServer(inTurn(garbage));
  await using database = open(server);
  await database.ready();
  const { logins } = server;
  const [outcome, ms] = await timed(database.commit(work));
  expect(outcome).toMatchObject({ name: 'CommitUnknown' });
  expect(ms).toBeLessThan(2_000);
  await placesFree(database);
  await database.whenClosed();
  await database.commit(work);
  expect(server.logins).toBeGreaterThan(logins);
});

test('M20 a text that is too long is refused, not cut', () => {
  expect(() => sql`SELECT ${nvarchar(5, 'ten letters')};`).toThrow(TypeError);
  expect(() => sql`SELECT ${varchar(5, 'ten letters')};`).toThrow(TypeError);
});
