/** What may go wrong before there is a connection: names, handshakes and logins that fail or are never answered. */
import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DependencyUnavailable, type BreakerPolicy } from '@checkout/resilience';
import { z } from 'zod';
import { budgets } from './budgets.ts';
import { classify } from './classify.ts';
import { Database } from './database.ts';
import { Pool } from './pool.ts';
import { sql } from './sql.ts';
import { startTestDatabase } from './testing.ts';
import { startScriptedServer } from './testing/scripted-server.ts';

const at = (port: number): string => `Server=127.0.0.1,${port};Database=cart;User Id=sa;Password=secret;Encrypt=false`;
const encrypted = (connectionString: string): string => `${connectionString.replaceAll(/;(?:Encrypt|TrustServerCertificate)=[^;]*/gi, '')};Encrypt=true`;
const one = sql`SELECT 1 AS one;`;
const One = z.object({ one: z.int() });
const quick: Partial<BreakerPolicy> = { failuresInARow: 1, probe: { goodInARow: 1, gapMs: 20, deadlineMs: 400, delaysMs: () => [50] } };
const open = (connectionString: string, policy: Partial<BreakerPolicy> = {}): Database => Database.open({ connectionString, name: 'cart', lane: 'accept', policy });

/** Takes connections, and says at most this one thing to each. */
async function taciturnServer(words?: Buffer) {
  let taken = 0;
  const server = createServer((socket) => {
    taken += 1;
    socket.on('error', () => {}).resume();
    if (words) socket.once('data', () => socket.write(words));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    connectionString: at((server.address() as AddressInfo).port),
    taken: () => taken,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** With a third of a second for a connection instead of five. */
const driver = { ...budgets.accept.driver, connectMs: 300, acquireMs: 5_000 };
/** Half a second after an attempt that failed the driver would try again by itself. */
const driverTriesAgainMs = 1_200;

async function givesUpInTime(connectionString: string): Promise<void> {
  const began = performance.now();
  const outcome = await new Pool(connectionString, 'cart', driver, () => {}).acquire().catch((error: unknown) => error);
  expect(classify(outcome)).toEqual({ verdict: 'fail', kind: 'timeout' });
  expect(performance.now() - began).toBeLessThan(2_500);
}

describe('what is never answered is given up in the time that a connection may take, and tried once:', () => {
  it('Q12 a connection', async () => {
    await using server = await taciturnServer();
    await givesUpInTime(server.connectionString);
    await sleep(driverTriesAgainMs);
    expect(server.taken()).toBe(1);
  });

  it('Q12 a login', async () => {
    await using server = await startScriptedServer();
    server.loginError = 'silence';
    await givesUpInTime(server.connectionString);
    await sleep(driverTriesAgainMs);
    expect(server.logins).toBe(1);
  });

  it('Q13 a handshake', async () => {
    // PRELOGIN is answered with "encryption on", and then comes nothing.
    await using server = await taciturnServer(Buffer.from([4, 1, 0, 26, 0, 0, 1, 0, 0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 1]));
    await givesUpInTime(encrypted(server.connectionString));
    await sleep(driverTriesAgainMs);
    expect(server.taken()).toBe(1);
  });
});

describe('an encrypted connection', () => {
  it('Q13 with a certificate that nobody vouches for is an outage that opens the breaker at once, and says why', async () => {
    await using server = await startTestDatabase([], 'cart');
    await using database = open(encrypted(server.connectionString));
    const outcome = await database.query(One, one).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ name: 'DependencyUnavailable' });
    expect(String((outcome as Error).cause)).toMatch(/certificate/);
    expect(database.breaker.cause).toMatchObject({ kind: 'unreachable' });
  });

  it('Q13 to a server that encrypts nothing is an outage as well, and not the statement’s fault', async () => {
    await using server = await startScriptedServer();
    await using database = open(encrypted(server.connectionString));
    await expect(database.query(One, one)).rejects.toBeInstanceOf(DependencyUnavailable);
    expect(database.breaker.cause).toMatchObject({ kind: 'unreachable' });
    expect(server.logins).toBe(0);
  });
});

describe('a name', () => {
  const lookup = jest.spyOn(dns, 'lookup');
  type Answer = (error: Error | null, addresses?: readonly { readonly address: string; readonly family: number }[]) => void;
  /** What the resolver says from now on. */
  const resolver = (says: (answer: Answer) => void): void => void lookup.mockImplementation(((_name: string, _options: object, answer: Answer) => says(answer)) as never);
  const leadsTo = (address: string): void => resolver((answer) => answer(null, [{ address, family: 4 }]));
  const named = (connectionString: string): string => connectionString.replace('127.0.0.1', 'cart.database.example');
  afterAll(() => lookup.mockRestore());

  it.each([['ENOTFOUND', 'unreachable'], ['EAI_AGAIN', 'connection-lost']])('Q44 that leads nowhere (%s) is an outage, and over when it leads somewhere', async (code, kind) => {
    await using server = await startScriptedServer();
    await using database = open(named(server.connectionString), quick);
    resolver((answer) => answer(Object.assign(new Error(`getaddrinfo ${code}`), { code })));
    await expect(database.query(One, one)).rejects.toBeInstanceOf(DependencyUnavailable);
    expect(database.breaker.cause).toMatchObject({ kind });
    leadsTo('127.0.0.1');
    await database.whenClosed();
    expect(await database.query(One, one)).toEqual([{ one: 1 }]);
  });

  it('Q44 is asked about with each connection: a database that has moved is found without a restart', async () => {
    await using server = await startScriptedServer();
    await using database = open(named(server.connectionString), quick);
    leadsTo('127.0.0.77'); // Where it was: nobody is there any more.
    await expect(database.query(One, one)).rejects.toBeInstanceOf(DependencyUnavailable);
    expect(server.logins).toBe(0);
    leadsTo('127.0.0.1');
    await database.whenClosed();
    expect(await database.query(One, one)).toEqual([{ one: 1 }]);
  });

  it('Q44 that is never answered for is given up in the time that a connection may take', async () => {
    resolver(() => {});
    await givesUpInTime(named(at(1_433)));
  });
});
