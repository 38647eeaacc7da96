import { numberOf, startTestServer } from './testing/test-server.ts';

let db: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  db = await startTestServer();
  await db.batch('CREATE TABLE job (id INT NOT NULL PRIMARY KEY, n INT NOT NULL, parent INT NULL)');
});
afterAll(() => db.close());
beforeEach(() => db.query('DELETE FROM job; INSERT INTO job (id, n) VALUES (1, 0), (2, 0), (3, 0), (4, 0)'));

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** A small reproducible generator (mulberry32). */
function generator(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A connection of its own, whose transaction stays open from one batch to the next. */
const session = async () => {
  const pool = await db.connect({}, 1);
  return {
    pool,
    run: async (text: string) => (await pool.request().batch(text)).recordset as unknown as Record<string, unknown>[] | undefined,
    /** The number of the error a batch ends with. */
    failure: (text: string) => pool.request().batch(text).then(() => 'no error', numberOf),
  };
};
const two = () => Promise.all([session(), session()]);
const ids = (rows: Record<string, unknown>[] | undefined) => rows?.map(({ id }) => Number(id));
const claim = (top: number) => `SELECT TOP (${top}) id FROM job WITH (UPDLOCK, READPAST, ROWLOCK) ORDER BY id`;
const keep = (id: number, hints = 'UPDLOCK') => `SELECT id FROM job WITH (${hints}) WHERE id = ${id}`;

describe('rows that are read to be changed', () => {
  it('are kept until the transaction ends, and passed over by whoever asks for free ones', async () => {
    const [one, other] = await two();
    expect(ids(await one.run(`BEGIN TRAN; ${claim(2)}`))).toEqual([1, 2]);
    expect(ids(await other.run(`BEGIN TRAN; ${claim(2)}`))).toEqual([3, 4]);
    await one.run('ROLLBACK');
    expect(ids(await other.run(claim(4)))).toEqual([1, 2, 3, 4]);
    await other.run('COMMIT');
  });

  it('are claimed by four claimers once each, and none is lost, though claims fail half-way', async () => {
    const JOBS = 120;
    await db.query(`DELETE FROM job; INSERT INTO job (id, n) SELECT j.id, 0 FROM OPENJSON(@ids) WITH (id INT '$') AS j`, { ids: JSON.stringify(Array.from({ length: JOBS }, (_, i) => i)) });
    const done: number[] = [];
    const open = new Set<number>();
    let most = 0;
    const overlaps: number[] = [];
    const claimer = async (random: () => number) => {
      const { run, pool } = await session();
      for (;;) {
        const claimed = ids(await run(`BEGIN TRAN; ${claim(1 + Math.floor(random() * 4))}`)) ?? [];
        if (claimed.length === 0) {
          await run('ROLLBACK');
          const [left] = await db.query('SELECT COUNT(*) AS n FROM job');
          if (left?.['n'] === 0) return pool.close();
          continue;
        }
        overlaps.push(...claimed.filter((id) => open.has(id)));
        for (const id of claimed) open.add(id);
        most = Math.max(most, open.size);
        await new Promise((resolve) => setTimeout(resolve, random() * 5));
        const isDone = random() < 0.7;
        // From here on the rows are free again for others, whichever way it ends.
        for (const id of claimed) open.delete(id);
        await run(isDone ? `DELETE FROM job WHERE id IN (${claimed.join(', ')}); COMMIT` : 'ROLLBACK');
        if (isDone) done.push(...claimed);
      }
    };
    await Promise.all([0, 1, 2, 3].map((i) => claimer(generator(seed + i))));
    expect({ seed, overlaps, done: done.toSorted((a, b) => a - b) }).toEqual({ seed, overlaps: [], done: Array.from({ length: JOBS }, (_, i) => i) });
    expect(most).toBeGreaterThan(4);
  }, 30_000);

  it('are passed over by a claim in one statement too', async () => {
    const [one, other] = await two();
    await one.run(`BEGIN TRAN; ${claim(2)}`);
    expect(ids(await other.run('WITH next AS (SELECT TOP (2) * FROM job WITH (READPAST) ORDER BY id) UPDATE next SET n = n + 1 OUTPUT inserted.id'))).toEqual([3, 4]);
    expect(ids(await other.run('DELETE FROM job WITH (READPAST) OUTPUT deleted.id WHERE n = 0'))).toEqual([]);
    await one.run('ROLLBACK');
  });

  it('are waited for by who changes them, while their neighbours change freely and readers read', async () => {
    const [one, other] = await two();
    await one.run(`BEGIN TRAN; ${keep(1)}`);
    await other.run('UPDATE job SET n = 7 WHERE id = 2');
    expect(await db.query('SELECT n FROM job WHERE id IN (1, 2) ORDER BY id')).toEqual([{ n: 0 }, { n: 7 }]);
    const order: string[] = [];
    const changed = other.run('UPDATE job SET n = n + 10 OUTPUT inserted.n WHERE id = 1').then((rows) => {
      order.push('changed');
      return rows;
    });
    await one.run('UPDATE job SET n = 5 WHERE id = 1');
    order.push('committing');
    await one.run('COMMIT');
    expect(await changed).toEqual([{ n: 15 }]);
    expect(order).toEqual(['committing', 'changed']);
  });

  it('end a wait with 1222 after LOCK_TIMEOUT, at once with NOWAIT, and the transaction of the waiter goes on', async () => {
    const [one, other] = await two();
    await one.run(`BEGIN TRAN; ${keep(1)}`);
    for (const wish of ['UPDATE job SET n = 1 WHERE id = 1', 'UPDATE job SET n = 1 OUTPUT deleted.n WHERE id = 1', 'DELETE job OUTPUT deleted.id WHERE id = 1', keep(1), keep(1, 'XLOCK'), "IF EXISTS (SELECT 1 FROM job WITH (UPDLOCK)) PRINT 'x'"]) {
      expect([wish, await other.failure(`SET LOCK_TIMEOUT 30; ${wish}`)]).toEqual([wish, 1222]);
    }
    await other.run('SET LOCK_TIMEOUT -1; BEGIN TRAN; UPDATE job SET n = 3 WHERE id = 3');
    expect(await other.failure(keep(1, 'UPDLOCK, NOWAIT'))).toBe(1222);
    expect(await other.run('SELECT @@TRANCOUNT AS depth, n FROM job WHERE id = 3; COMMIT')).toEqual([{ depth: 1, n: 3 }]);
    await one.run('ROLLBACK');
  });

  it('are free again when their session is lost, and a cancelled wait leaves the session usable', async () => {
    const [one, other] = await two();
    await one.run(`BEGIN TRAN; ${keep(1)}`);
    const request = other.pool.request();
    const cancelled = request.query('UPDATE job SET n = 6 WHERE id = 1').catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 30));
    request.cancel();
    expect(await cancelled).toMatchObject({ code: 'ECANCEL' });
    const changed = other.run('UPDATE job SET n = 8 OUTPUT inserted.n WHERE id = 1');
    await one.pool.close();
    expect(await changed).toEqual([{ n: 8 }]);
  });

  it('may be shared by readers who want them unchanged', async () => {
    const [one, other] = await two();
    await one.run(`BEGIN TRAN; ${keep(1, 'REPEATABLEREAD')}`);
    expect(ids(await other.run(`BEGIN TRAN; ${keep(1, 'UPDLOCK')}; COMMIT`))).toEqual([1]);
    expect(await other.failure('SET LOCK_TIMEOUT 20; UPDATE job SET n = 1 WHERE id = 1')).toBe(1222);
    await one.run('COMMIT');
  });

  it('may be rows that are not there yet: with HOLDLOCK nobody adds one meanwhile', async () => {
    await Promise.all(Array.from({ length: 8 }, async () => {
      const { run, pool } = await session();
      for (let id = 10; id < 20; id += 1) await run(`SET XACT_ABORT ON; BEGIN TRAN; IF NOT EXISTS (SELECT 1 FROM job WITH (UPDLOCK, HOLDLOCK) WHERE id = ${id}) INSERT INTO job (id, n) VALUES (${id}, 1) ELSE UPDATE job SET n = n + 1 WHERE id = ${id}; COMMIT`);
      await pool.close();
    }));
    expect(await db.query('SELECT MIN(n) AS least, MAX(n) AS most, COUNT(*) AS rows FROM job WHERE id >= 10')).toEqual([{ least: 8, most: 8, rows: 10 }]);
  });
});

describe('two transactions that want each other\'s rows', () => {
  const crosswise = async (second: string) => {
    const [one, other] = await two();
    await one.run(`SET XACT_ABORT OFF; BEGIN TRAN; ${keep(1)}`);
    await other.run(`SET XACT_ABORT OFF; BEGIN TRAN; ${keep(2)}`);
    const waiting = one.run('UPDATE job SET n = n + 1 WHERE id = 2; UPDATE job SET n = n + 1 WHERE id = 1; COMMIT');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const victim: unknown = await other.pool.request().batch(second).then(({ recordset }) => recordset, (error: unknown) => error);
    return { waiting, victim, other };
  };

  it('Q24 end with one victim, which has lost its transaction; the other goes on', async () => {
    const { waiting, victim, other } = await crosswise("UPDATE job SET n = n + 10 WHERE id = 1; PRINT 'never'");
    expect(victim).toMatchObject({ number: 1205, class: 13, state: 51, message: expect.stringContaining('deadlock victim') as string });
    await waiting;
    expect(await other.run('SELECT @@TRANCOUNT AS depth')).toEqual([{ depth: 0 }]);
    expect(await db.query('SELECT n FROM job WHERE id < 3')).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('leave a victim that catches the error a transaction it can only roll back', async () => {
    const { waiting, victim } = await crosswise('BEGIN TRY UPDATE job SET n = n + 10 WHERE id = 1 END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number, XACT_STATE() AS state, @@TRANCOUNT AS depth; ROLLBACK END CATCH');
    expect(victim).toEqual([{ number: 1205, state: -1, depth: 1 }]);
    await waiting;
  });

  it('are found through application locks and the writer as well', async () => {
    const [one, other] = await two();
    const take = "DECLARE @rc INT; EXEC @rc = sp_getapplock @Resource = 'x', @LockMode = 'Exclusive'; SELECT @rc AS rc";
    await one.run(`BEGIN TRAN; ${take}`);
    await other.run('BEGIN TRAN; UPDATE job SET n = 1 WHERE id = 1');
    const waiting = one.run('UPDATE job SET n = 2 WHERE id = 1; COMMIT');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await other.run(`${take}; ROLLBACK`)).toEqual([{ rc: -3 }]);
    await waiting;
  });
});

describe('a hint', () => {
  it.each(['NOLOCK', 'READUNCOMMITTED', 'READCOMMITTEDLOCK', 'SNAPSHOT', 'PAGLOCK', 'TABLOCK', 'INDEX(pk)', 'FORCESEEK', 'FORCESCAN', 'NOEXPAND', 'READPAST'])('that cannot be kept is refused with a sentence: %s', async (hint) => {
    const error: unknown = await db.query(`SELECT id FROM job WITH (${hint})`).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ number: 40_514, message: expect.stringContaining(hint.replace(/\(.*/, '')) as string });
  });

  it.each([
    ['SELECT id FROM job WITH (LOCKED)', 321], ['SELECT id FROM job WITH (READPAST, HOLDLOCK)', 650], ['SELECT COUNT(*) AS n FROM job WITH (UPDLOCK, READPAST)', 40_514],
    ['INSERT INTO job WITH (READPAST) (id, n) VALUES (9, 9)', 40_514], ['INSERT INTO job WITH (TABLOCK) (id, n) VALUES (9, 9)', 40_514], ['UPDATE job WITH (NOLOCK) SET n = 1', 40_514],
    ['DELETE FROM job WITH (PAGLOCK)', 40_514], ['WITH c AS (SELECT id FROM job) SELECT id FROM c WITH (UPDLOCK)', 40_514],
    ['SELECT id FROM job OPTION (FORCE ORDER)', 40_514], ["SELECT id FROM job OPTION (USE HINT ('X'))", 40_514], ['SELECT id FROM job OPTION (RECOMPILE, MAXDOP 1, OPTIMIZE FOR UNKNOWN)', 'no error'],
    ['UPDATE job SET n = 1 OPTION (LOOP JOIN)', 40_514], ['SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED', 40_514], ['SET DEADLOCK_PRIORITY LOW', 40_514],
    ['UPDATE job WITH (UPDLOCK, ROWLOCK) SET n = 1', 'no error'], ['INSERT INTO job WITH (HOLDLOCK) (id, n) VALUES (9, 9)', 'no error'], ['SELECT id FROM job WITH (READCOMMITTED)', 'no error'],
  ])('is kept or refused, never overlooked: %s', async (text, outcome) => {
    expect(await db.failure(text)).toBe(outcome);
  });

  it('on the inner side of an outer join keeps its rows', async () => {
    const [one, other] = await two();
    await db.query('UPDATE job SET parent = 1 WHERE id = 2');
    await one.run('BEGIN TRAN; SELECT c.id FROM job AS c LEFT JOIN job AS p WITH (UPDLOCK) ON p.id = c.parent WHERE c.id IN (2, 3)');
    expect(await other.failure('SET LOCK_TIMEOUT 20; UPDATE job SET n = 1 WHERE id = 1')).toBe(1222);
    expect(await other.failure('UPDATE job SET n = 1 WHERE id = 3')).toBe('no error');
    await one.run('ROLLBACK');
  });
});
