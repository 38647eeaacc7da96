import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { DependencyUnavailable } from '@checkout/resilience';
import { z } from 'zod';
import { Database } from './database.ts';
import { sql } from './sql.ts';

const One = z.object({ one: z.int() });
const at = (port: number): string => `Server=127.0.0.1,${port};Database=cart;User Id=sa;Password=Passw0rd!;Encrypt=false`;

/** A server that takes connections and never says a word. */
async function silentServer() {
  const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

test('Q01 a database that is not there is an outage, found out at the first call', async () => {
  const { port } = await (async () => {
    await using server = await silentServer();
    return { port: server.port };
  })();
  await using database = Database.open({ connectionString: at(port), name: 'cart' });
  await expect(database.query(One, sql`SELECT 1 AS one`)).rejects.toBeInstanceOf(DependencyUnavailable);
  expect(database.state).toBe('open');
  expect(database.retryAfterMs).toBeGreaterThan(0);
  const began = performance.now();
  await expect(database.commit(sql`SELECT 1`)).rejects.toMatchObject({ dependency: 'cart/work' });
  expect(performance.now() - began).toBeLessThan(50);
});

test('Q12 a server that never answers costs each caller no more than the deadline, and a commit that was never sent is not unknown', async () => {
  await using server = await silentServer();
  await using database = Database.open({ connectionString: at(server.port), name: 'cart', lane: 'accept' });
  const began = performance.now();
  const calls = await Promise.allSettled(Array.from({ length: 8 }, () => database.commit(sql`SELECT 1`)));
  expect(performance.now() - began).toBeLessThan(1_000);
  for (const call of calls) expect(call).toMatchObject({ status: 'rejected', reason: { name: 'DependencyUnavailable' } });
  expect(database.state).toBe('open');
});

test('closes while it is still connecting', async () => {
  await using server = await silentServer();
  const database = Database.open({ connectionString: at(server.port), name: 'cart' });
  const call = database.query(One, sql`SELECT 1 AS one`).catch((error: unknown) => error);
  const began = performance.now();
  await database.close();
  expect(await call).toBeInstanceOf(DependencyUnavailable);
  expect(performance.now() - began).toBeLessThan(1_000);
});
