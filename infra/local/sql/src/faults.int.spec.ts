import type { FaultRule } from './index.ts';
import { startAdmin } from './admin.ts';
import { Server } from './server.ts';
import { numberOf, startTestServer } from './testing/test-server.ts';

let db: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  db = await startTestServer(['shop', 'other']);
  await db.batch('CREATE TABLE t (id INT NOT NULL PRIMARY KEY)');
});
afterAll(() => db.close());
beforeEach(() => db.query('DELETE FROM t'));
afterEach(() => db.server.faults([]));

const rule = (fault: FaultRule) => db.server.faults([fault]);
const ids = async () => (await db.query('SELECT id FROM t ORDER BY id')).map(({ id }) => id);
const lost = { code: expect.stringMatching(/ECONN|ESOCKET|EINVALIDSTATE/) as string };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const timedOut = { code: 'ETIMEOUT' };
/** A connection that gives up soon: silence has no other end. */
const impatient = () => db.connect({ requestTimeout: 60, options: { cancelTimeout: 60 } }, 1);
const big = "SELECT REPLICATE('x', 8000) AS a, REPLICATE('y', 8000) AS b";

describe('a fault rule', () => {
  it.each([1205, 40_197, 40_501, 40_613, 10_928, 10_929, 49_918, 49_919, 49_920])('raises %i for a statement, once, and the transaction is gone', async (number) => {
    rule({ match: 'INSERT INTO t', action: number });
    expect(await db.failure('INSERT INTO t VALUES (1)')).toBe(number);
    await db.query('INSERT INTO t VALUES (2)');
    expect(await ids()).toEqual([2]);
  });

  it('ends the transaction it hits', async () => {
    const transaction = db.pool.transaction();
    let isAborted = false;
    transaction.on('rollback', (aborted: boolean) => { isAborted = aborted; });
    await transaction.begin();
    await transaction.request().query('INSERT INTO t VALUES (1)');
    rule({ match: 'VALUES \\(2\\)', action: 1205 });
    await expect(transaction.request().query('INSERT INTO t VALUES (2)')).rejects.toMatchObject({ number: 1205 });
    expect(isAborted).toBe(true);
    expect(await ids()).toEqual([]);
  });

  it.each([40_613, 40_197, 40_501, 10_928, 10_929])('turns a login away with %i, which the driver tries again', async (number) => {
    rule({ match: 'login', action: number });
    const pool = await db.connect({ options: { maxRetriesOnTransientErrors: 2, connectionRetryInterval: 5 } }, 1);
    expect((await pool.request().query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
  });

  it.each([49_918, 49_919, 49_920])('turns a login away with %i, which the driver does not try again', async (number) => {
    rule({ match: 'login', action: number });
    await expect(db.connect({ options: { maxRetriesOnTransientErrors: 2, connectionRetryInterval: 5 } }, 1)).rejects.toMatchObject({ code: 'ELOGIN' });
  });

  it('drops the connection before the statement runs', async () => {
    rule({ match: 'INSERT INTO t', action: 'drop-before' });
    await expect(db.query('INSERT INTO t VALUES (1)')).rejects.toMatchObject(lost);
    expect(await ids()).toEqual([]);
  });

  it.each(['INSERT INTO t', 'commit'])('loses the reply of what happened (%s)', async (match) => {
    rule({ match, action: 'drop-after-commit' });
    await expect(db.query('INSERT INTO t VALUES (1)')).rejects.toMatchObject(lost);
    expect(await ids()).toEqual([1]);
  });

  it('loses the reply of the driver\'s own commit, whose transaction is there', async () => {
    const transaction = db.pool.transaction();
    await transaction.begin();
    await transaction.request().query('INSERT INTO t VALUES (5)');
    rule({ match: 'commit', action: 'drop-after-commit' });
    await expect(transaction.commit()).rejects.toMatchObject({ name: 'TransactionError' });
    expect(await ids()).toEqual([5]);
  });

  it('drops the connection in the middle of a result', async () => {
    rule({ match: 'REPLICATE', action: 'drop-mid-result' });
    await expect(db.query(big)).rejects.toMatchObject(lost);
    expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('sends one packet and then nothing, which the driver\'s request timeout does not see: only a cancel ends it', async () => {
    const pool = await impatient();
    rule({ match: 'REPLICATE', action: 'first-packet' });
    const request = pool.request();
    let isSettled = false;
    const result = request.query(big).catch((error: unknown) => error).finally(() => { isSettled = true; });
    // The driver stops its timer at the first packet of an answer.
    await pause(200);
    expect(isSettled).toBe(false);
    request.cancel();
    expect(await result).toMatchObject({ code: expect.stringMatching(/ECANCEL|ETIMEOUT/) as string });
  });

  it('swallows a request while others log in and are served', async () => {
    const pool = await impatient();
    rule({ match: 'INSERT INTO t', action: 'black-hole', times: 5 });
    await expect(pool.request().query('INSERT INTO t VALUES (1)')).rejects.toMatchObject(timedOut);
    expect((await (await db.connect({}, 1)).request().query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
    expect(await ids()).toEqual([]);
  });

  it('swallows a login', async () => {
    rule({ match: 'login', action: 'black-hole' });
    await expect(db.connect({ connectionTimeout: 80 }, 1)).rejects.toMatchObject(timedOut);
  });

  it('delays an answer', async () => {
    rule({ match: 'INSERT INTO t', action: 'delay', delayMs: 60 });
    const before = performance.now();
    await db.query('INSERT INTO t VALUES (1)');
    expect(performance.now() - before).toBeGreaterThan(50);
    expect(await ids()).toEqual([1]);
  });

  it('counts: from the nth match on, so many times', async () => {
    rule({ match: 'SELECT 7', nth: 2, times: 2, action: 40_501 });
    const outcomes: (number | string)[] = [];
    for (let i = 0; i < 5; i += 1) outcomes.push(await db.failure('SELECT 7 AS n'));
    expect(outcomes).toEqual(['no error', 40_501, 40_501, 'no error', 'no error']);
  });

  it('hits one database only', async () => {
    rule({ match: 'SELECT 7', database: 'OTHER', action: 40_613 });
    const other = await db.connect({ database: 'other' }, 1);
    expect(await db.failure('SELECT 7 AS n')).toBe('no error');
    expect(await other.request().query('SELECT 7 AS n').catch(numberOf)).toBe(40_613);
  });

  it('throws dice that fall the same for the same seed', async () => {
    const series = async (seed: number) => {
      rule({ match: 'SELECT 7', probability: 0.5, seed, action: 40_501 });
      const hits: boolean[] = [];
      for (let i = 0; i < 40; i += 1) hits.push((await db.failure('SELECT 7 AS n')) === 40_501);
      return hits;
    };
    const first = await series(11);
    expect(await series(11)).toEqual(first);
    expect(await series(12)).not.toEqual(first);
    expect(first.filter(Boolean).length).toBeGreaterThan(8);
    expect(first.filter(Boolean).length).toBeLessThan(32);
  });
});

it('has no endpoint for faults unless it is switched on', async () => {
  const server = await Server.start({ port: 0, directory: db.directory, databases: [], password: 'x', log: () => {} });
  for (const [hasFaults, status] of [[false, 404], [true, 200]] as const) {
    const admin = await startAdmin(server, 0, hasFaults);
    const answer = (body: string) => fetch(`http://127.0.0.1:${admin.port}/faults`, { method: 'POST', body });
    expect((await answer('[]')).status).toBe(status);
    expect((await answer('[{"match":"x","action":"explode"}]')).status).toBe(hasFaults ? 400 : 404);
    expect((await answer('[{"match":"x","action":"delay","nth":"2"}]')).status).toBe(hasFaults ? 400 : 404);
    await admin.close();
  }
  await server.close();
});

it('takes rules in and away by name over its endpoint, and the others keep their counts', async () => {
  const server = await Server.start({ port: 0, directory: db.directory, databases: [], password: 'x', log: () => {} });
  const admin = await startAdmin(server, 0, true);
  const url = `http://127.0.0.1:${admin.port}/faults`;
  const change = (body: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const inForce = async () => ((await (await fetch(url)).json()) as { name: string; seen: number; hits: number }[]).map(({ name, seen, hits }) => [name, seen, hits]);
  await change({ add: [{ name: 'first', match: 'INSERT', action: 1222, nth: 2 }] });
  for (const statement of ['INSERT a', 'INSERT b', 'INSERT c']) await server.faults.before(statement, 'shop');
  await change({ add: [{ name: 'second', match: 'nothing', action: 1205 }] });
  expect(await inForce()).toEqual([['first', 3, 1], ['second', 0, 0]]);
  await change({ remove: ['first'] });
  expect(await inForce()).toEqual([['second', 0, 0]]);
  expect((await change({ add: [{ name: 7, match: 'x', action: 1205 }] })).status).toBe(400);
  await admin.close();
  await server.close();
});
