import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'mssql';
import { connectionString } from './connection-string.ts';
import { Server } from './server.ts';
import { headers, login, packet, prelogin } from './testing/raw-client.ts';
import { numberOf } from './testing/test-server.ts';

const PASSWORD = 'Local-only-1';
let directory: string;
let server: Server;
let pool: sql.ConnectionPool;
const open = (max: number) => {
  const parsed = sql.ConnectionPool.parseConnectionString(connectionString(server.port, 'shop', PASSWORD));
  const made = new sql.ConnectionPool({ ...parsed, pool: { max, min: 0 }, connectionTimeout: 30_000, requestTimeout: 30_000 } as unknown as sql.config);
  made.on('error', () => {});
  return made.connect();
};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'local-sql-hostile-'));
  server = await Server.start({ port: 0, directory, databases: ['shop'], password: PASSWORD, log: () => {}, loginTimeoutMs: 400 });
  pool = await open(10);
  await pool.request().batch('CREATE TABLE counter (id INT NOT NULL PRIMARY KEY, n INT NOT NULL); INSERT INTO counter VALUES (1, 0); CREATE TABLE word (id INT NOT NULL PRIMARY KEY, w NVARCHAR(MAX) NULL)');
});
afterAll(async () => {
  await pool.close();
  await server.close();
  rmSync(directory, { recursive: true });
});
afterEach(async () => expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]));

const rows = async (text: string) => (await pool.request().query(text)).recordset as unknown as Record<string, unknown>[];
const failure = (text: string) => pool.request().query(text).then(() => 'no error', numberOf);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const batch = (text: string) => packet(0x01, Buffer.concat([headers, Buffer.from(text, 'utf16le')]));
const raw = async (): Promise<Socket> => {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
};
const closed = (socket: Socket) => new Promise<void>((resolve) => (socket.destroyed ? resolve() : void socket.once('close', () => resolve())));

it('serves three hundred connections at once', async () => {
  const many = await open(300);
  const answers = await Promise.all(Array.from({ length: 300 }, async (_, i) => {
    const transaction = many.transaction();
    await transaction.begin();
    const { recordset } = await transaction.request().query<{ i: number }>(`SELECT ${i} AS i`);
    await transaction.commit();
    return recordset[0]?.i;
  }));
  expect(answers).toEqual(Array.from({ length: 300 }, (_, i) => i));
  await many.close();
}, 60_000);

it('ends logins that never end, however busily they drip', async () => {
  const silent = await raw();
  const halfOpen = await raw();
  halfOpen.write(prelogin);
  const dripping = await raw();
  const bytes = Buffer.concat([prelogin, login()]);
  let at = 0;
  const drip = setInterval(() => dripping.write(bytes.subarray(at, (at += 1))), 20);
  silent.resume();
  halfOpen.resume();
  dripping.resume();
  await Promise.all([silent, halfOpen, dripping].map(closed));
  clearInterval(drip);
  expect(at).toBeLessThan(bytes.length);
}, 30_000);

it('takes no more than a login from who has not logged in', async () => {
  const socket = await raw();
  socket.resume();
  socket.write(prelogin);
  for (let i = 0; i < 5; i += 1) socket.write(packet(0x10, Buffer.alloc(30_000), { status: 0 }));
  await closed(socket);
});

it('runs no more requests of a client that never reads its results', async () => {
  const socket = await raw();
  socket.pause();
  socket.write(Buffer.concat([prelogin, login()]));
  await pause(100);
  const request = batch(`UPDATE counter SET n = n + 1; SELECT REPLICATE(CAST(N'x' AS NVARCHAR(MAX)), 500000) AS x`);
  for (let i = 0; i < 100; i += 1) socket.write(request);
  const done = async () => Number((await rows('SELECT n FROM counter'))[0]?.['n']);
  // A megabyte each: what fits into the buffers between the two is answered, the rest waits.
  let before = -1;
  for (let now = await done(); now !== before || now === 0; now = await done()) {
    before = now;
    await pause(300);
  }
  expect(before).toBeLessThan(30);
  expect(server.connectionCount).toBeGreaterThan(0);
  socket.resume();
  while ((await done()) < 100) await pause(50);
  socket.destroy();
}, 60_000);

it('closes on a message of endless tiny packets', async () => {
  const socket = await raw();
  socket.resume();
  socket.write(Buffer.concat([prelogin, login()]));
  const tiny = Buffer.concat(Array.from({ length: 4096 }, () => packet(0x01, Buffer.alloc(0), { status: 0 })));
  const ended = closed(socket);
  let isOpen = true;
  void ended.then(() => { isOpen = false; });
  while (isOpen) {
    if (!socket.write(tiny)) await Promise.race([ended, new Promise((resolve) => socket.once('drain', resolve))]);
  }
  expect(isOpen).toBe(false);
}, 30_000);

it.each([
  ['a list of 20,000 numbers', `SELECT COUNT(*) AS n FROM counter WHERE id IN (${Array.from({ length: 20_000 }, (_, i) => i).join(', ')})`, [{ n: 1 }]],
  ['a list of 20,000 texts', `SELECT COUNT(*) AS n FROM counter WHERE CAST(id AS VARCHAR(20)) IN (${Array.from({ length: 20_000 }, (_, i) => `'${i}'`).join(', ')})`, [{ n: 1 }]],
  ['a sum of 300', `SELECT ${Array.from({ length: 300 }, () => '1').join(' + ')} AS n`, [{ n: 300 }]],
])('answers %s', async (_what, text, answer) => {
  expect(await rows(text)).toEqual(answer);
}, 30_000);

it.each([
  ['parentheses', `SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)} AS n`],
  ['a condition', `SELECT 1 AS n WHERE ${'NOT '.repeat(50_000)}1 = 1`],
  ['subqueries', `SELECT ${'(SELECT '.repeat(5000)}1${')'.repeat(5000)} AS n`],
  ['CASE', `SELECT ${'CASE WHEN 1 = 1 THEN '.repeat(5000)}1${' END'.repeat(5000)} AS n`],
  ['blocks', `${'BEGIN '.repeat(20_000)}SELECT 1 AS n ${'END '.repeat(20_000)}`],
  ['a sum', `SELECT ${Array.from({ length: 50_000 }, () => '1').join(' + ')} AS n`],
  ['OR', `SELECT 1 AS n WHERE ${Array.from({ length: 50_000 }, (_, i) => `1 = ${i}`).join(' OR ')}`],
  ['comments', `SELECT 1 AS n ${'/*'.repeat(100_000)}`],
])('refuses to go too deep into %s, with a number', async (_what, text) => {
  expect([191, 102, 113, 8631, 8632, 40_514]).toContain(await failure(text));
}, 30_000);

it('gives every code point back as it came', async () => {
  const step = 0x4000;
  for (let from = 1; from < 0x110000; from += step) {
    const points = Array.from({ length: step }, (_, i) => from + i).filter((point) => point < 0x110000 && (point < 0xd800 || point > 0xdfff));
    const text = String.fromCodePoint(...points);
    const { recordset } = await pool.request().input('id', sql.Int, from).input('w', sql.NVarChar(sql.MAX), text).query<{ w: string; n: number }>('INSERT INTO word VALUES (@id, @w); SELECT w, DATALENGTH(w) AS n FROM word WHERE id = @id AND w = @w');
    expect([from, recordset[0]?.w === text, recordset[0]?.n]).toEqual([from, true, text.length * 2]);
  }
}, 60_000);
