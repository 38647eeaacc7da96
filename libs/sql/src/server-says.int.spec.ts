/** What Azure SQL says when it cannot or will not, number by number, through the real driver: what the caller is told, and what becomes of breaker and connection. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kind } from './classify.ts';
import { Database } from './database.ts';
import { startScriptedServer, type Reply } from './testing/scripted-server.ts';
import { sql } from './sql.ts';
import { int } from './types.ts';

const work = sql`UPDATE sale SET n = ${int(1)};`;
const isWork = (statement: string): boolean => statement.includes('UPDATE sale');

/** A database that says this to every unit of work and is well otherwise. What its logger is told as an error is kept. */
async function saying(reply: Reply) {
  const server = await startScriptedServer((statement) => (isWork(statement) ? reply : 'one'));
  const alarms: string[] = [];
  const quiet = (): void => {};
  const logger = { error: (_facts: unknown, text: string) => void alarms.push(text), warn: quiet, info: quiet };
  const database = Database.open({ connectionString: server.connectionString, name: 'cart', lane: 'accept', logger: logger as never });
  return {
    server, database, alarms,
    commit: () => database.commit(work).then(() => 'committed', (error: unknown) => error),
    works: () => server.statements.filter(isWork).length,
    [Symbol.asyncDispose]: async () => {
      await database.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Three good probes in a row, 200 ms apart, after the first wait. */
const probesMs = 400;

describe('it is out, and says so:', () => {
  const outages: readonly (readonly [why: string, number: number, kind: Kind, told: 'CommitUnknown' | 'DependencyUnavailable', waitsMs: readonly [least: number, most: number]])[] = [
    ['Q14 a login that is refused, as after a secret was changed', 18456, 'credentials', 'CommitUnknown', [5_000, 8_000]],
    ['Q15 a database that cannot be opened', 4060, 'failover', 'CommitUnknown', [6_000, 10_000]],
    ['Q15 a database that the firewall hides', 40532, 'credentials', 'CommitUnknown', [5_000, 8_000]],
    ['Q16 a failover', 40613, 'failover', 'CommitUnknown', [6_000, 10_000]],
    ['Q17 a failover under the statement', 40197, 'failover', 'CommitUnknown', [6_000, 10_000]],
    ['Q18 a throttle', 40501, 'throttled', 'DependencyUnavailable', [10_000, 15_000]],
    ['Q19 too many workers of the database', 10928, 'throttled', 'DependencyUnavailable', [10_000, 15_000]],
    ['Q19 too many workers of the elastic pool', 10936, 'throttled', 'DependencyUnavailable', [10_000, 15_000]],
    ['Q20 a server too busy for more than the least', 10929, 'throttled', 'DependencyUnavailable', [10_000, 15_000]],
    ['Q21 too few resources', 49918, 'throttled', 'DependencyUnavailable', [10_000, 15_000]],
    ['Q21 too many changes of the subscription', 49919, 'throttled', 'DependencyUnavailable', [10_000, 15_000]],
    ['Q21 too many operations of the subscription', 49920, 'throttled', 'DependencyUnavailable', [10_000, 15_000]],
    ...[615, 926, 4221, 40143, 40166, 40540].map((number) => ['Q22 what is seen around failovers', number, 'failover', 'CommitUnknown', [6_000, 10_000]] as const),
    ['Q23 a replica that takes no writes', 3906, 'read-only', 'DependencyUnavailable', [6_000, 10_000]],
    ['Q36 a database at its quota', 40544, 'full', 'DependencyUnavailable', [40_000, 60_000]],
    ['Q36 a full filegroup', 1105, 'full', 'DependencyUnavailable', [40_000, 60_000]],
    ['Q36 a full log', 9002, 'full', 'DependencyUnavailable', [40_000, 60_000]],
  ];

  test.each(outages)('%s (%i) opens the breaker at once, which is told to operators, and is asked about again neither too soon nor too late', async (_why, number, kind, told, [least, most]) => {
    await using cart = await saying({ error: number, message: 'out' });
    expect(await cart.commit()).toMatchObject({ name: told });
    expect(cart.database.breaker.cause).toMatchObject({ kind });
    expect(cart.alarms).toEqual(['database unavailable: breaker opened']);
    expect(await cart.commit()).toMatchObject({ name: 'DependencyUnavailable', message: expect.stringContaining('cart/accept') as string });
    expect(cart.works()).toBe(1);
    expect(cart.database.retryAfterMs).toBeGreaterThan(least);
    expect(cart.database.retryAfterMs).toBeLessThanOrEqual(most + probesMs);
  });

  const said = outages.filter(([, , kind]) => kind !== 'read-only' && kind !== 'full');
  test.each(said)('%s (%i) is known by its number where it refuses a login, and nothing is unknown then', async (_why, number, kind) => {
    await using cart = await saying('done');
    cart.server.loginError = number;
    expect(await cart.commit()).toMatchObject({ name: 'DependencyUnavailable' });
    expect(cart.database.breaker.cause).toMatchObject({ kind });
    expect(cart.server.logins).toBe(1);
  });

  test.each([16, 20])('Q17 a failover under the statement, of severity %i, leaves open whether it was committed, and costs the connection', async (severity) => {
    await using cart = await saying({ error: 40197, message: 'The service has encountered an error processing your request. Error code 4221.', severity });
    expect(await cart.commit()).toMatchObject({ name: 'CommitUnknown' });
    while (cart.server.connections > 0) await sleep(10);
  });
});

describe('it lacks something, which passes:', () => {
  test.each([701, 8645, 8651, 802, 40549, 40550, 40551, 40552, 40553])('Q37 %i is an outage for its caller, who comes again later, and opens the breaker at the fifth', async (number) => {
    await using cart = await saying({ error: number, message: 'not now', severity: 17 });
    for (let count = 1; count <= 5; count += 1) {
      expect(cart.database.state).toBe('closed');
      expect(await cart.commit()).toMatchObject({ name: 'DependencyUnavailable', message: expect.stringContaining('cart/accept') as string });
      expect(cart.works()).toBe(count);
    }
    expect(cart.database.breaker.cause).toMatchObject({ kind: 'resources' });
  });
});

describe('it answers, if only to say no:', () => {
  const answers: readonly (readonly [why: string, number: number, told: object])[] = [
    ['Q38 a key that is there already', 2627, { name: 'Conflict', kind: 'duplicate' }],
    ['Q38 an index entry that is there already', 2601, { name: 'Conflict', kind: 'duplicate' }],
    ['Q39 a broken constraint', 547, { number: 547 }],
    ['Q39 a NULL where none may be', 515, { number: 515 }],
    ['Q39 a text that is too long', 2628, { number: 2628 }],
    ['Q39 a number that is too large', 8115, { number: 8115 }],
    ['Q39 a text that is no number', 245, { number: 245 }],
    ['Q41 a right that was taken away', 229, { number: 229 }],
    ['Q41 a right to a column that was taken away', 230, { number: 230 }],
    ['Q42 a table that is not there', 208, { number: 208 }],
    ['Q42 a procedure that is not there', 2812, { number: 2812 }],
    ['Q42 a column that is not there', 207, { number: 207 }],
  ];

  test.each(answers)('%s (%i) is told to the caller as it is, is not tried again, and opens no breaker however often', async (_why, number, told) => {
    await using cart = await saying({ error: number, message: 'no', severity: 14 });
    for (let count = 1; count <= 12; count += 1) {
      expect(await cart.commit()).toMatchObject(told);
      expect(cart.works()).toBe(count);
    }
    expect(cart.database.state).toBe('closed');
  });

  test.each([33504, 15664])('Q40 %i, a row of another tenant, calls somebody, costs the connection with what it knew, and opens no breaker', async (number) => {
    await using cart = await saying({ error: number, message: 'another tenant' });
    for (let count = 1; count <= 6; count += 1) {
      expect(await cart.commit()).toMatchObject({ number });
      expect(cart.server.logins).toBe(count + 1); // The pool's first connection is only its test of the address.
    }
    expect(cart.alarms).toEqual(Array.from({ length: 6 }, () => 'a statement was kept from the rows of another tenant'));
    expect(cart.database.state).toBe('closed');
  });
});
