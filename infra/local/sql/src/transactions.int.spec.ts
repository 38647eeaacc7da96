import sql from 'mssql';
import { numberOf, startTestServer } from './testing/test-server.ts';

let db: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  db = await startTestServer(['shop', 'other']);
  await db.batch('CREATE TABLE counter (id INT NOT NULL PRIMARY KEY, n INT NOT NULL)');
});
afterAll(() => db.close());
beforeEach(() => db.query('DELETE FROM counter; INSERT INTO counter VALUES (1, 0)'));

const value = async () => (await db.query('SELECT n FROM counter WHERE id = 1'))[0]?.['n'];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A connection of its own, so that what one session does cannot be done by another. */
const session = async () => {
  const pool = await db.connect({}, 1);
  return { run: (text: string) => pool.request().batch(text), query: (text: string) => pool.request().query(text), pool };
};

describe('transactions of the driver', () => {
  it('commits and rolls back', async () => {
    const kept = db.pool.transaction();
    await kept.begin();
    await kept.request().query('UPDATE counter SET n = n + 1');
    await kept.commit();
    const dropped = db.pool.transaction();
    await dropped.begin();
    await dropped.request().query('UPDATE counter SET n = n + 10');
    await dropped.rollback();
    expect(await value()).toBe(1);
  });

  it('rolls back to a savepoint', async () => {
    await db.batch('BEGIN TRAN; UPDATE counter SET n = 1; SAVE TRAN half; UPDATE counter SET n = 2; ROLLBACK TRAN half; COMMIT');
    expect(await value()).toBe(1);
  });

  it('nests by count only', async () => {
    await db.batch('BEGIN TRAN; BEGIN TRAN; UPDATE counter SET n = 1; COMMIT; ROLLBACK');
    expect(await value()).toBe(0);
  });
});

describe('concurrency', () => {
  it('shows other sessions the last committed state while a transaction writes', async () => {
    const writer = await session();
    await writer.run('BEGIN TRAN; UPDATE counter SET n = 5');
    expect(await value()).toBe(0);
    await writer.run('COMMIT');
    expect(await value()).toBe(5);
  });

  it('loses no update of ten connections', async () => {
    await Promise.all(Array.from({ length: 10 }, async () => {
      for (let i = 0; i < 20; i += 1) await db.query('SET XACT_ABORT ON; BEGIN TRAN; DECLARE @n INT; SELECT @n = n FROM counter WITH (UPDLOCK) WHERE id = 1; UPDATE counter SET n = @n + 1 WHERE id = 1; COMMIT');
    }));
    expect(await value()).toBe(200);
  });

  it('gives up on a lock after LOCK_TIMEOUT', async () => {
    const [holder, waiter] = [await session(), await session()];
    await holder.run('BEGIN TRAN; UPDATE counter SET n = 5');
    await expect(waiter.run('SET LOCK_TIMEOUT 30; UPDATE counter SET n = 6')).rejects.toMatchObject({ number: 1222 });
    await holder.run('ROLLBACK');
  });

  it('rolls back when the connection is lost', async () => {
    const holder = await session();
    await holder.run('BEGIN TRAN; UPDATE counter SET n = 5');
    await holder.pool.close();
    await db.query('UPDATE counter SET n = n + 1');
    expect(await value()).toBe(1);
  });

  it('cancels a request that waits for a lock, and keeps the connection', async () => {
    const [holder, waiter] = [await session(), await session()];
    await holder.run('BEGIN TRAN; UPDATE counter SET n = 5');
    const request = waiter.pool.request();
    const outcome = request.query('UPDATE counter SET n = 6').catch((error: unknown) => error);
    await pause(30);
    request.cancel();
    expect(await outcome).toMatchObject({ code: 'ECANCEL' });
    await holder.run('ROLLBACK');
    expect((await waiter.query('SELECT @@TRANCOUNT AS depth, n FROM counter')).recordset).toEqual([{ depth: 0, n: 0 }]);
  });

  it('times a request out on the driver\'s side, and serves the next one', async () => {
    const holder = await session();
    const waiter = await db.connect({ requestTimeout: 50, options: { cancelTimeout: 300 } }, 1);
    await holder.run('BEGIN TRAN; UPDATE counter SET n = 5');
    await expect(waiter.request().query('UPDATE counter SET n = 6')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    await holder.run('ROLLBACK');
    expect((await waiter.request().query('SELECT n FROM counter')).recordset).toEqual([{ n: 0 }]);
  });
});

describe('application locks', () => {
  const take = (timeout: number) => `DECLARE @rc INT; EXEC @rc = sp_getapplock @Resource = 'migrate', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = ${timeout}; SELECT @rc AS rc`;

  it('are granted to one session at a time', async () => {
    const [first, second] = [await session(), await session()];
    expect((await first.run(take(0))).recordset).toEqual([{ rc: 0 }]);
    expect((await second.run(take(20))).recordset).toEqual([{ rc: -1 }]);
    const waiting = second.run(take(2000));
    await pause(20);
    await first.run("EXEC sp_releaseapplock @Resource = 'migrate', @LockOwner = 'Session'");
    expect((await waiting).recordset).toEqual([{ rc: 1 }]);
    await second.pool.close();
    await pause(20);
    expect((await first.run(take(0))).recordset).toEqual([{ rc: 0 }]);
  });

  it('are taken by a procedure call as well', async () => {
    const { pool } = await session();
    const result = await pool.request().input('Resource', sql.NVarChar(255), 'x').input('LockMode', sql.NVarChar(20), 'Exclusive').input('LockOwner', sql.NVarChar(20), 'Session').execute('sp_getapplock');
    expect(result.returnValue).toBe(0);
  });
});

describe('sessions', () => {
  it('end SET options with the request that made them, and keep those of a batch', async () => {
    const one = await session();
    await one.query('SET LOCK_TIMEOUT 5');
    expect((await one.query('SELECT @@LOCK_TIMEOUT AS t')).recordset).toEqual([{ t: -1 }]);
    await one.run('SET LOCK_TIMEOUT 5');
    expect((await one.query('SELECT @@LOCK_TIMEOUT AS t')).recordset).toEqual([{ t: 5 }]);
  });

  it('remember their context', async () => {
    const one = await session();
    await one.run("EXEC sp_set_session_context @key = N'tenant', @value = N't1'");
    expect((await one.query("SELECT SESSION_CONTEXT(N'tenant') AS t")).recordset).toEqual([{ t: 't1' }]);
  });

  it('turn away a wrong password and an unknown database', async () => {
    const numbers: (number | string)[] = [];
    for (const options of [{ password: 'wrong' }, { database: 'nowhere' }, { user: 'guest' }]) {
      await db.connect({ ...options, beforeConnect: (connection: { on(event: string, listener: (error: { number: number }) => void): void }) => connection.on('errorMessage', ({ number }) => numbers.push(number)), options: { maxRetriesOnTransientErrors: 0 } }).catch((error: unknown) => numberOf(error));
    }
    expect(numbers).toEqual([18_456, 4060, 18_456]);
  });

  it('see their own database only', async () => {
    const other = await db.connect({ database: 'other' });
    await expect(other.request().query('SELECT * FROM counter')).rejects.toMatchObject({ number: 208 });
  });
});
