import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sql from 'mssql';
import { startSqlServer } from './index.ts';

/** Round trips of the services' two shapes of SQL, in another process than the driver. Prints one JSON line per case; CASE='20 rows' picks some. */

const SECONDS = Number(process.env['SECONDS'] ?? 3);
const SKUS = 20_000;

const key = (name: string, length: number) => `${name} VARCHAR(${length}) COLLATE Latin1_General_100_BIN2 NOT NULL`;
const schema = `
CREATE TABLE inbox (${key('tenant_id', 40)}, ${key('message_id', 100)}, handled_at DATETIME2(3) NOT NULL, CONSTRAINT PK_inbox PRIMARY KEY (tenant_id, message_id));
CREATE TABLE stock_level (${key('tenant_id', 40)}, ${key('store_id', 40)}, ${key('sku', 40)}, reserved INT NOT NULL, version INT NOT NULL DEFAULT 0, PRIMARY KEY (tenant_id, store_id, sku));
CREATE TABLE reservation (${key('tenant_id', 40)}, ${key('reservation_id', 60)}, ${key('sku', 40)}, quantity INT NOT NULL, PRIMARY KEY (tenant_id, reservation_id, sku));
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
  const child = fork(fileURLToPath(import.meta.url), ['server', directory], { execArgv: [...process.execArgv, ...(process.env['PROFILE'] ? ['--cpu-prof', `--cpu-prof-dir=${process.env['PROFILE']}`] : [])] });
  const ask = <T>(question?: unknown) => new Promise<T>((resolve) => {
    child.once('message', (message) => resolve(message as T));
    if (question !== undefined) child.send(question as object);
  });
  const { connection } = await ask<{ connection: string }>();
  const config = { ...sql.ConnectionPool.parseConnectionString(connection), options: { ...sql.ConnectionPool.parseConnectionString(connection).options, validateConnection: 'socket' } } as unknown as sql.config;
  const pool = await new sql.ConnectionPool({ ...config, pool: { max: 16, min: 16 } }).connect();
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

  const cases = { 'point select': select, 'unit of work, 1 row': work(1), 'unit of work, 20 rows': work(20) };
  for (const [name, run] of Object.entries(cases).filter(([name]) => name.includes(process.env['CASE'] ?? ''))) {
    for (const connections of [1, 16]) {
      await repeat(run, connections, SECONDS / 3);
      const before = await cpuOf();
      const own = process.cpuUsage();
      const { count, seconds, latencies } = await repeat(run, connections, SECONDS);
      const client = process.cpuUsage(own);
      const server = (await cpuOf()) - before;
      const at = (q: number) => Math.round((latencies[Math.floor(latencies.length * q)] ?? 0) * 1000);
      process.stdout.write(`${JSON.stringify({
        case: name, connections, perSecond: Math.round(count / seconds), serverCpuMicros: Math.round(server / count), clientCpuMicros: Math.round((client.user + client.system) / count),
        p50Micros: at(0.5), p99Micros: at(0.99), machine: `${cpus()[0]?.model ?? ''} x ${cpus().length}`,
      })}\n`);
    }
  }
  await pool.close();
  child.disconnect();
  await new Promise((resolve) => child.once('exit', resolve));
  await rm(directory, { recursive: true });
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
