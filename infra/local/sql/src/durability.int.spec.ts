import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sql from 'mssql';
import { connectionString } from './connection-string.ts';

const root = join(__dirname, '../../../..');
const PASSWORD = 'Local-only-1';
/** `ROUNDS=100` for a longer hunt. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 20);
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

interface Started { readonly child: ChildProcess; readonly port: number; readonly adminPort: number }

/** The real process, as `npm start` runs it. */
async function start(directory: string): Promise<Started> {
  const child = spawn(process.execPath, ['--conditions=@checkout/source', '--disable-warning=ExperimentalWarning', '--import', join(root, 'tools/swc-hook.mjs'), join(root, 'infra/local/sql/src/main.ts')], {
    env: { ...process.env, PORT: '0', ADMIN_PORT: '0', FAULTS: 'on', STATE_DIR: directory, DATABASES: 'shop', SA_PASSWORD: PASSWORD, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as { event: string; port: number; adminPort: number };
    if (entry.event === 'listening') return { child, port: entry.port, adminPort: entry.adminPort };
  }
  throw new Error('The server ended before it listened.');
}

const exited = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve));

const connect = async (port: number) => {
  const pool = new sql.ConnectionPool(connectionString(port, 'shop', PASSWORD));
  pool.on('error', () => {});
  return pool.connect();
};

describe(`the process (seed ${seed})`, () => {
  const random = generator(seed);
  let directory: string;
  beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'local-sql-kill-')); });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('keeps every acknowledged commit, and no half transaction, over kill -9', async () => {
    const acknowledged = new Set<string>();
    const tables = new Set<string>();
    let last = { id: 0, version: '' };
    let started = await start(directory);
    let pool = await connect(started.port);
    await pool.request().batch('CREATE TABLE ledger (id INT IDENTITY NOT NULL, pair VARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL, side TINYINT NOT NULL, version ROWVERSION, PRIMARY KEY (pair, side))');
    for (let round = 0; round < ROUNDS; round += 1) {
      let isAlive = true;
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        for (let i = 0; isAlive; i += 1) {
          const pair = `${round}-${writer}-${i}`;
          try {
            await pool.request().input('pair', sql.VarChar(40), pair).query('SET XACT_ABORT, NOCOUNT ON; BEGIN TRAN; INSERT INTO ledger (pair, side) VALUES (@pair, 0); INSERT INTO ledger (pair, side) VALUES (@pair, 1); COMMIT');
            acknowledged.add(pair);
          } catch {
            return;
          }
        }
      });
      const definer = (async () => {
        for (let i = 0; isAlive; i += 1) {
          const name = `made_${round}_${i}`;
          try {
            await pool.request().batch(`SET XACT_ABORT ON; BEGIN TRAN; CREATE TABLE ${name} (id INT NOT NULL PRIMARY KEY); INSERT INTO ${name} VALUES (${i}); COMMIT`);
            tables.add(name);
          } catch {
            return;
          }
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, 20 + random() * 120));
      started.child.kill('SIGKILL');
      await exited(started.child);
      isAlive = false;
      await Promise.all([...writers, definer]);
      await pool.close();

      started = await start(directory);
      pool = await connect(started.port);
      const { recordset } = await pool.request().query<{ pair: string; sides: number }>('SELECT pair, COUNT(*) AS sides FROM ledger GROUP BY pair');
      const kept = new Map(recordset.map(({ pair, sides }) => [pair, sides]));
      expect([...acknowledged].filter((pair) => !kept.has(pair))).toEqual([]);
      expect(recordset.filter(({ sides }) => sides !== 2)).toEqual([]);

      const made = (await pool.request().query<{ name: string }>("SELECT name FROM sys.tables WHERE name LIKE 'made%'")).recordset.map(({ name }) => name);
      expect([...tables].filter((name) => !made.includes(name))).toEqual([]);
      // A table came with its row or not at all.
      for (const name of made.filter((each) => each.startsWith(`made_${round}_`))) expect([name, (await pool.request().query(`SELECT COUNT(*) AS n FROM ${name}`)).recordset]).toEqual([name, [{ n: 1 }]]);

      // Identities and row versions go on from where they were; none comes twice.
      const [next] = (await pool.request().query<{ id: number; version: Buffer }>(`INSERT INTO ledger (pair, side) OUTPUT inserted.id, inserted.version VALUES ('after-${round}', 0), ('after-${round}', 1)`)).recordset;
      const [most] = (await pool.request().query<{ id: number }>(`SELECT MAX(id) AS id FROM ledger WHERE pair <> 'after-${round}'`)).recordset;
      expect(next?.id).toBeGreaterThan(Math.max(last.id, most?.id ?? 0));
      expect((next?.version.toString('hex') ?? '') > last.version).toBe(true);
      last = { id: next?.id ?? 0, version: next?.version.toString('hex') ?? '' };
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS);
    const versions = await pool.request().query<{ n: number }>('SELECT COUNT(*) - COUNT(DISTINCT version) AS n FROM ledger');
    expect(versions.recordset).toEqual([{ n: 0 }]);
    await pool.close();
    started.child.kill('SIGTERM');
    expect(await exited(started.child)).toBe(0);
  }, 180_000);

  it('fails as it is told to, and can lose the reply of a commit that happened', async () => {
    const { child, port, adminPort } = await start(directory);
    const admin = (rules: unknown) => fetch(`http://127.0.0.1:${adminPort}/faults`, { method: 'POST', body: JSON.stringify(rules) });
    const pool = await connect(port);
    await pool.request().batch('CREATE TABLE t (id INT NOT NULL PRIMARY KEY)');
    expect(await (await fetch(`http://127.0.0.1:${adminPort}/health`)).json()).toMatchObject({ status: 'ok' });

    await admin([{ match: 'INSERT INTO t', action: 1205 }]);
    await expect(pool.request().query('INSERT INTO t VALUES (1)')).rejects.toMatchObject({ number: 1205 });
    await pool.request().query('INSERT INTO t VALUES (1)');

    await admin([{ match: 'commit', action: 'drop-after-commit' }]);
    await expect(pool.request().query('INSERT INTO t VALUES (2)')).rejects.toMatchObject({ code: expect.stringMatching(/ECONN|ESOCKET/) as string });
    await admin([{ match: 'commit', action: 'drop-before' }]);
    await expect(pool.request().query('INSERT INTO t VALUES (3)')).rejects.toMatchObject({ code: expect.stringMatching(/ECONN|ESOCKET/) as string });
    expect((await pool.request().query('SELECT id FROM t ORDER BY id')).recordset).toEqual([{ id: 1 }, { id: 2 }]);

    await admin([{ match: 'login', action: 40613, times: 1 }]);
    const late = await connect(port);
    await late.close();
    expect((await admin({ match: 5 })).status).toBe(400);
    await pool.close();
    child.kill('SIGTERM');
    await exited(child);
  });
});
