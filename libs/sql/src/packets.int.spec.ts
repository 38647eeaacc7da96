import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Connection } from 'tedious';
import { z } from 'zod';
import { Database } from './database.ts';
import { guard } from './guard.ts';
import { sql } from './sql.ts';
import { startTestDatabase, type TestDatabase } from './testing.ts';
import { text } from './types.ts';

const login = 16;

interface Packet {
  readonly type: number;
  readonly bytes: number;
}

/** Stands before the server and notes the packets that come from the driver, by the header that each begins with ([MS-TDS] 2.2.3.1). */
async function startTap(port: number) {
  const packets: Packet[] = [];
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => [client, server].forEach((each) => each.destroy()));
    }
    let received = Buffer.alloc(0);
    client.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (; received.length >= 8 && received.length >= received.readUInt16BE(2); received = received.subarray(received.readUInt16BE(2))) {
        packets.push({ type: received.readUInt8(0), bytes: received.readUInt16BE(2) });
      }
    });
    client.pipe(server).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    packets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

let server: TestDatabase;
beforeAll(async () => {
  server = await startTestDatabase();
});
afterAll(() => server[Symbol.asyncDispose]());

it('sends a large batch in few packets', async () => {
  await using tap = await startTap(server.port);
  await using database = Database.open({ connectionString: server.connectionString.replace(String(server.port), String(tap.port)), name: 'test' });
  await database.ready();
  tap.packets.length = 0;
  const long = 'x'.repeat(20_000);

  const [row] = await database.query(z.object({ long: z.string() }), sql`SELECT ${text(long)} AS long;`);

  expect(row?.long).toBe(long);
  const sizes = tap.packets.map(({ bytes }) => bytes);
  expect(sizes.slice(0, -1)).toEqual([16_000, 16_000]);
});

it('sends a login that a token makes long in packets that a server takes before it has agreed to larger ones', async () => {
  await using tap = await startTap(server.port);
  const connection = new Connection({
    server: '127.0.0.1',
    authentication: { type: 'azure-active-directory-access-token', options: { token: 'x'.repeat(5_000) } },
    options: { port: tap.port, encrypt: false, connectTimeout: 10_000 },
  });
  guard(connection);

  await new Promise<void>((resolve) => connection.on('connect', () => resolve()).connect());
  connection.close();

  const sizes = tap.packets.filter(({ type }) => type === login).map(({ bytes }) => bytes);
  expect(sizes.length).toBeGreaterThan(2);
  expect(Math.max(...sizes)).toBe(4_096);
});
