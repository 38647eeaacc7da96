import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sql from 'mssql';
import { buildWall, tenantWall } from './bench-tenant-wall.ts';
import { startSqlServer } from './index.ts';

/**
 * Round trips over ten connections, in another process than the driver, every commit durable. Prints one JSON line per scenario: medians of ROUNDS.
 * SCENARIO=insert picks some; the last ones are the shapes of SQL the services write.
 */

const SECONDS = Number(process.env['SECONDS'] ?? 1);
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const CONNECTIONS = 10;
const SKUS = 20_000;

const key = (name: string, length: number) => `${name} VARCHAR(${length}) COLLATE Latin1_General_100_BIN2 NOT NULL`;
const schema = `
CREATE TABLE inbox (${key('tenant_id', 40)}, ${key('message_id', 100)}, handled_at DATETIME2(3) NOT NULL, CONSTRAINT PK_inbox PRIMARY KEY (tenant_id, message_id));
CREATE TABLE stock_level (${key('tenant_id', 40)}, ${key('store_id', 40)}, ${key('sku', 40)}, reserved INT NOT NULL, version INT NOT NULL DEFAULT 0, PRIMARY KEY (tenant_id, store_id, sku));
CREATE TABLE reservation (${key('tenant_id', 40)}, ${key('reservation_id', 60)}, ${key('sku', 40)}, quantity INT NOT NULL, PRIMARY KEY (tenant_id, reservation_id, sku));
CREATE TABLE document (id UNIQUEIDENTIFIER NOT NULL PRIMARY KEY, created_at DATETIME2(3) NOT NULL, body NVARCHAR(MAX) NOT NULL);
CREATE TABLE outbox (chunk_id UNIQUEIDENTIFIER NOT NULL PRIMARY KEY, created_at DATETIME2(3) NOT NULL, message_count INT NOT NULL, messages NVARCHAR(MAX) NOT NULL);`;

const unitOfWork = `SET XACT_ABORT, NOCOUNT ON;
IF @@TRANCOUNT <> 0 THROW 51000, 'dirty connection', 1;
BEGIN TRAN;
INSERT INTO inbox (tenant_id, message_id, handled_at)
  SELECT j.tenantId, j.messageId, SYSUTCDATETIME()
  FROM OPENJSON(@inbox) WITH (tenantId VARCHAR(40) '$.t', messageId VARCHAR(100) '$.m') AS j;
UPDATE s SET s.reserved = s.reserved + j.quantity, s.version = s.version + 1
  FROM stock_level AS s
  JOIN OPENJSON(@levels) WITH (tenantId VARCHAR(40) '$.t', storeId VARCHAR(40) '$.s', sku VARCHAR(40) '$.k', quantity INT '$.q') AS j
    ON s.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND s.store_id = j.storeId COLLATE Latin1_General_100_BIN2 AND s.sku = j.sku COLLATE Latin1_General_100_BIN2;
IF @@ROWCOUNT <> @levelCount THROW 51001, 'conflict', 1;
INSERT INTO reservation (tenant_id, reservation_id, sku, quantity)
  SELECT j.tenantId, j.id, j.sku, j.quantity
  FROM OPENJSON(@reservations) WITH (tenantId VARCHAR(40) '$.t', id VARCHAR(60) '$.i', sku VARCHAR(40) '$.k', quantity INT '$.q') AS j
  WHERE NOT EXISTS (SELECT 1 FROM reservation AS r WHERE r.tenant_id = j.tenantId COLLATE Latin1_General_100_BIN2 AND r.reservation_id = j.id COLLATE Latin1_General_100_BIN2 AND r.sku = j.sku COLLATE Latin1_General_100_BIN2);
INSERT INTO outbox (chunk_id, created_at, message_count, messages) VALUES (@chunkId, SYSUTCDATETIME(), @count, @messages);
DELETE o FROM outbox AS o JOIN OPENJSON(@sent) WITH (chunkId UNIQUEIDENTIFIER '$') AS j ON o.chunk_id = j.chunkId;
COMMIT;`;

const body = JSON.stringify({ lines: Array.from({ length: 4 }, (_, i) => ({ sku: `sku-${i}`, quantity: i })) });
/** Ten statements in one transaction, one round trip. */
const tenStatements = `SET XACT_ABORT, NOCOUNT ON; BEGIN TRAN;
${Array.from({ length: 10 }, (_, i) => `UPDATE stock_level SET reserved = reserved + 1, version = version + 1 WHERE tenant_id = 'tenant-1' AND store_id = 'store-1' AND sku = @k${i};`).join('\n')}
COMMIT;`;

if (process.argv[2] === 'server') await serve();
else await measure();

async function serve(): Promise<void> {
  const directory = process.argv[3];
  if (directory === undefined) throw new Error('The server needs a directory.');
  const server = await startSqlServer({ directory, databases: ['bench'] });
  process.send?.({ connection: server.connectionString('bench') });
  process.on('message', () => process.send?.({ cpu: process.cpuUsage() }));
  process.on('disconnect', () => void server.close().then(() => process.exit(0)));
}

async function measure(): Promise<void> {
  const directory = await mkdtemp(join(process.env['BENCH_DIR'] ?? tmpdir(), 'local-sql-'));
  const started = performance.now();
  const child = fork(fileURLToPath(import.meta.url), ['server', directory], { execArgv: [...process.execArgv, ...(process.env['PROFILE'] ? ['--cpu-prof', `--cpu-prof-dir=${process.env['PROFILE']}`] : [])] });
  const ask = <T>(question?: unknown) => new Promise<T>((resolve) => {
    child.once('message', (message) => resolve(message as T));
    if (question !== undefined) child.send(question as object);
  });
  const { connection } = await ask<{ connection: string }>();
  // From the start of the process to the moment it accepts connections, its program read and a new database made.
  if ('start'.includes(process.env['SCENARIO'] ?? '')) process.stdout.write(`${JSON.stringify({ bench: 'sql', scenario: 'start', acceptingMs: Math.round(performance.now() - started), machine: `${cpus()[0]?.model ?? ''} x ${cpus().length}` })}\n`);
  const pool = await new sql.ConnectionPool({
    ...sql.ConnectionPool.parseConnectionString(connection),
    // Otherwise each statement would be measured together with a SELECT 1 before it.
    validateConnection: 'socket',
    pool: { max: CONNECTIONS, min: CONNECTIONS },
  }).connect();
  await pool.request().batch(schema);
  for (let at = 0; at < SKUS; at += 2000) {
    const rows = Array.from({ length: 2000 }, (_, i) => ({ k: `sku-${at + i}` }));
    await pool.request().input('rows', sql.NVarChar(sql.MAX), JSON.stringify(rows)).query(`INSERT INTO stock_level (tenant_id, store_id, sku, reserved) SELECT 'tenant-1', 'store-1', j.k, 0 FROM OPENJSON(@rows) WITH (k VARCHAR(40) '$.k') AS j`);
  }
  const cpuOf = async () => {
    const { cpu } = await ask<{ cpu: { user: number; system: number } }>('cpu');
    return cpu.user + cpu.system;
  };

  let serial = 0;
  const select = () => pool.request().input('sku', sql.VarChar(40), `sku-${(serial += 7) % SKUS}`).query("SELECT sku, reserved, version FROM stock_level WHERE tenant_id = 'tenant-1' AND store_id = 'store-1' AND sku = @sku");
  let last: string | undefined;
  const work = (rows: number) => () => {
    serial += 1;
    const id = `${process.pid}-${serial}`;
    const skus = Array.from({ length: rows }, (_, i) => `sku-${(serial * 31 + i * 7) % SKUS}`);
    const chunk = crypto.randomUUID();
    const sent = last;
    last = chunk;
    return pool.request()
      .input('inbox', sql.NVarChar(sql.MAX), JSON.stringify(skus.map((_, i) => ({ t: 'tenant-1', m: `${id}-${i}` }))))
      .input('levels', sql.NVarChar(sql.MAX), JSON.stringify(skus.map((k) => ({ t: 'tenant-1', s: 'store-1', k, q: 1 }))))
      .input('levelCount', sql.Int, rows)
      .input('reservations', sql.NVarChar(sql.MAX), JSON.stringify(skus.map((k) => ({ t: 'tenant-1', i: id, k, q: 1 }))))
      .input('chunkId', sql.UniqueIdentifier, chunk)
      .input('count', sql.Int, rows)
      .input('messages', sql.NVarChar(sql.MAX), JSON.stringify(skus.map((k) => ({ type: 'StockReserved', id, k }))))
      .input('sent', sql.NVarChar(sql.MAX), JSON.stringify(sent ? [sent] : []))
      .query(unitOfWork);
  };

  const insert = () => pool.request().input('id', sql.UniqueIdentifier, crypto.randomUUID()).input('body', sql.NVarChar(sql.MAX), body).query('INSERT INTO document (id, created_at, body) VALUES (@id, SYSUTCDATETIME(), @body)');
  const ten = () => {
    const request = pool.request();
    for (let i = 0; i < 10; i += 1) request.input(`k${i}`, sql.VarChar(40), `sku-${(serial += 31) % SKUS}`);
    return request.query(tenStatements);
  };
  const hundred = () => {
    serial += 1;
    const rows = Array.from({ length: 100 }, (_, i) => ({ i: `${process.pid}-${serial}`, k: `sku-${i}`, q: i }));
    return pool.request().input('rows', sql.NVarChar(sql.MAX), JSON.stringify(rows)).query(`INSERT INTO reservation (tenant_id, reservation_id, sku, quantity)
      SELECT 'tenant-1', j.i, j.k, j.q FROM OPENJSON(@rows) WITH (i VARCHAR(60) '$.i', k VARCHAR(40) '$.k', q INT '$.q') AS j`);
  };

  const scenarios: Readonly<Record<string, () => Promise<unknown>>> = {
    'select-by-key-10': select, 'insert-10': insert, 'unit-of-work-10': ten, 'openjson-100': hundred, 'service-write-1': work(1), 'service-write-20': work(20),
  };
  const round = async (run: () => Promise<unknown>) => {
    const before = await cpuOf();
    const own = process.cpuUsage();
    const { count, seconds, latencies } = await repeat(run, CONNECTIONS, SECONDS);
    const client = process.cpuUsage(own);
    const at = (q: number) => Math.round((latencies[Math.floor(latencies.length * q)] ?? 0) * 100) / 100;
    return { perSec: count / seconds, serverCpuUs: ((await cpuOf()) - before) / count, clientCpuUs: (client.user + client.system) / count, p50: at(0.5), p99: at(0.99) };
  };
  const isWanted = (scenario: string) => scenario.includes(process.env['SCENARIO'] ?? '');
  const tell = (scenario: string, figures: object) => process.stdout.write(`${JSON.stringify({ bench: 'sql', scenario, ...figures, connections: CONNECTIONS, rounds: ROUNDS, machine: `${cpus()[0]?.model ?? ''} x ${cpus().length}` })}\n`);

  for (const [scenario, run] of Object.entries(scenarios).filter(([name]) => isWanted(name))) {
    await repeat(run, CONNECTIONS, SECONDS / 2);
    const rounds: Awaited<ReturnType<typeof round>>[] = [];
    for (let i = 0; i < ROUNDS; i += 1) rounds.push(await round(run));
    const median = (of: (each: (typeof rounds)[number]) => number) => middle(rounds.map(of));
    tell(scenario, {
      perSec: Math.round(median(({ perSec }) => perSec)), serverCpuUs: Math.round(median(({ serverCpuUs }) => serverCpuUs)), clientCpuUs: Math.round(median(({ clientCpuUs }) => clientCpuUs)),
      latencyMs: { p50: median(({ p50 }) => p50), p99: median(({ p99 }) => p99) },
    });
  }
  // The same work with and without the wall, in turns, so that what else the machine does weighs on both.
  if (isWanted('tenant-wall-1') || isWanted('tenant-wall-20')) await buildWall(pool);
  for (const rows of [1, 20].filter((each) => isWanted(`tenant-wall-${each}`))) {
    const { plain, walled } = tenantWall(pool, rows);
    for (const run of [plain, walled]) await repeat(run, CONNECTIONS, SECONDS / 2);
    const pairs: { plain: number; walled: number }[] = [];
    for (let i = 0; i < ROUNDS; i += 1) pairs.push({ plain: (await round(plain)).serverCpuUs, walled: (await round(walled)).serverCpuUs });
    tell(`tenant-wall-${rows}`, {
      serverCpuUs: Math.round(middle(pairs.map((each) => each.walled))), withoutWallCpuUs: Math.round(middle(pairs.map((each) => each.plain))),
      ratio: Math.round(middle(pairs.map((each) => each.walled / each.plain)) * 100) / 100,
    });
  }
  await pool.close();
  child.disconnect();
  await new Promise((resolve) => child.once('exit', resolve));
  await rm(directory, { recursive: true });
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

async function repeat(run: () => Promise<unknown>, connections: number, seconds: number) {
  const start = performance.now();
  const end = start + seconds * 1000;
  const latencies: number[] = [];
  await Promise.all(Array.from({ length: connections }, async () => {
    while (performance.now() < end) {
      const began = performance.now();
      await run();
      latencies.push(performance.now() - began);
    }
  }));
  latencies.sort((a, b) => a - b);
  return { count: latencies.length, seconds: (performance.now() - start) / 1000, latencies };
}
