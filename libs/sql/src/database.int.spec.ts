import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transition } from '@checkout/resilience';
import { z } from 'zod';
import { bigintColumn, jsonColumn, safeIntegerColumn } from './columns.ts';
import { Database, type DatabaseOptions } from './database.ts';
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts';
import { join, sql, type Sql } from './sql.ts';
import { startTestDatabase, type TestDatabase } from './testing.ts';
import { bigint, bit, datetime2, int, json, nvarchar, text, uuid, varchar } from './types.ts';

const Sale = z.object({ id: z.string(), minor: safeIntegerColumn, version: z.int() });

const insert = (id: string, minor = 100): Sql => sql`
  INSERT INTO sale (id, minor, version) VALUES (${varchar(40, id)}, ${bigint(minor)}, 1);`;

/** What every unit of work here looks like when it may have to be run again. */
const insertOnce = (id: string): Sql => sql`
  IF NOT EXISTS (SELECT 1 FROM sale WHERE id = ${varchar(40, id)})
    INSERT INTO sale (id, minor, version) VALUES (${varchar(40, id)}, 100, 1);`;

const changeAt = (id: string, version: number): Sql => sql`
  UPDATE sale SET version = version + 1 WHERE id = ${varchar(40, id)} AND version = ${int(version)};
  IF @@ROWCOUNT = 0 THROW 51001, 'sale version', 1;`;

let server: TestDatabase;
let network: FaultProxy;

beforeAll(async () => {
  server = await startTestDatabase([], 'cart');
  await using database = Database.open({ connectionString: server.connectionString, name: 'cart' });
  await database.commit(sql`
    CREATE TABLE sale (
      id VARCHAR(40) COLLATE Latin1_General_100_BIN2_UTF8 NOT NULL,
      minor BIGINT NOT NULL,
      version INT NOT NULL,
      CONSTRAINT pk_sale PRIMARY KEY (id)
    );`);
  network = await startFaultProxy(Number(/,(\d+)/.exec(server.connectionString)?.[1]));
});

afterAll(async () => {
  await network[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

afterEach(() => {
  network.fault = 'pass';
  server.faults([]);
});

const direct = (options: Partial<DatabaseOptions> = {}): Database => Database.open({ connectionString: server.connectionString, name: 'cart', ...options });
const throughNetwork = (options: Partial<DatabaseOptions> = {}): Database =>
  direct({ connectionString: server.connectionString.replace(/,\d+/, `,${network.port}`), lane: 'accept', ...options });
const salesIn = (database: Database, id: string) => database.query(Sale, sql`SELECT id, minor, version FROM sale WHERE id = ${varchar(40, id)};`);

describe('reading', () => {
  test('brings every kind of value back as it was sent', async () => {
    await using database = direct();
    const id = randomUUID();
    const at = new Date('2025-03-30T01:30:00.123Z');
    const Row = z.object({ small: z.int(), least: bigintColumn, yes: z.boolean(), id: z.uuid(), at: z.date(), name: z.string(), long: z.string(), ascii: z.string(), none: z.null() });
    const rows = await database.query(Row, sql`
      SELECT ${int(-7)} AS small, ${bigint(-(2n ** 63n))} AS least, ${bit(true)} AS yes, ${uuid(id)} AS id, ${datetime2(at)} AS at,
        ${nvarchar(10, 'naïve 😀')} AS name, ${text('x'.repeat(10_000))} AS long, ${varchar(20, "'; --")} AS ascii, ${int(null)} AS none;`);
    expect(rows).toEqual([{ small: -7, least: -(2n ** 63n), yes: true, id, at, name: 'naïve 😀', long: 'x'.repeat(10_000), ascii: "'; --", none: null }]);
  });

  test('opens a list that travelled as JSON', async () => {
    await using database = direct();
    const lines = [{ sku: 'APPLE', minor: 9_007_199_254_740_993n }, { sku: 'PEAR', minor: 2n }];
    const rows = await database.query(z.object({ sku: z.string(), minor: bigintColumn }), sql`
      SELECT sku, minor FROM OPENJSON(${json(lines)}) WITH (sku VARCHAR(20) '$.sku', minor BIGINT '$.minor') ORDER BY sku;`);
    expect(rows).toEqual(lines);
  });

  test('reads several recordsets in one round trip, each as its schema says', async () => {
    await using database = direct();
    const [numbers, words] = await database.queries([z.object({ n: z.int() }), z.object({ w: jsonColumn(z.array(z.string())) })], sql`
      SELECT ${int(1)} AS n; SELECT ${nvarchar(20, '["a","b"]')} AS w;`);
    expect([numbers, words]).toEqual([[{ n: 1 }], [{ w: ['a', 'b'] }]]);
  });

  test('X180 says so when code and table have drifted apart', async () => {
    await using database = direct();
    await expect(database.query(z.object({ n: z.string() }), sql`SELECT 1 AS n;`)).rejects.toMatchObject({ name: 'RowMismatch', message: expect.stringMatching(/^a row of cart\/work .*"n"/s) });
    await expect(database.queries([], sql`SELECT 1 AS n;`)).rejects.toThrow(/1 recordsets came where 0 were expected/);
    expect(database.state).toBe('closed');
  });
});

describe('a unit of work', () => {
  test('is committed as a whole', async () => {
    await using database = direct();
    await database.commit(join([insert('whole-1'), insert('whole-2')]));
    expect(await salesIn(database, 'whole-1')).toHaveLength(1);
    expect(await salesIn(database, 'whole-2')).toHaveLength(1);
  });

  test('X185 Q39 leaves nothing behind when its last statement fails', async () => {
    await using database = direct();
    await expect(database.commit(join([insert('half'), sql`INSERT INTO sale (id, minor, version) VALUES ('half-2', NULL, 1);`]))).rejects.toMatchObject({ number: 515 });
    expect(await salesIn(database, 'half')).toEqual([]);
    expect(database.state).toBe('closed');
  });

  test('Q38 meets a row that is there already as a conflict that names the constraint, not the value', async () => {
    await using database = direct();
    await database.commit(insert('twice'));
    const conflict = await database.commit(insert('twice')).catch((error: unknown) => error);
    expect(conflict).toMatchObject({ name: 'Conflict', kind: 'duplicate', on: 'pk_sale', message: 'there is one already: pk_sale' });
  });

  test('meets a version that did not hold as a conflict', async () => {
    await using database = direct();
    await database.commit(insert('versioned'));
    await database.commit(changeAt('versioned', 1));
    await expect(database.commit(changeAt('versioned', 1))).rejects.toMatchObject({ name: 'Conflict', kind: 'version', on: 'sale version' });
    expect(await salesIn(database, 'versioned')).toEqual([{ id: 'versioned', minor: 100, version: 2 }]);
  });

  test('X177 never joins a transaction that somebody left open on the connection', async () => {
    await using database = direct({ policy: { concurrency: 1 } });
    await database.query(z.unknown(), sql`BEGIN TRAN; SELECT 1 AS one;`).catch(() => {});
    await database.commit(insert('clean'));
    await database.close();
    await using other = direct();
    expect(await salesIn(other, 'clean')).toHaveLength(1);
  });

  test('may be sent by many at once', async () => {
    await using database = direct();
    await Promise.all(Array.from({ length: 50 }, (_, index) => database.commit(insert(`many-${index}`))));
    const [counted] = await database.query(z.object({ n: z.int() }), sql`SELECT COUNT(*) AS n FROM sale WHERE id LIKE 'many-%';`);
    expect(counted).toEqual({ n: 50 });
  });
});

describe('when the network fails', () => {
  test('Q05, Q35 a commit whose answer is lost is unknown, and the same batch tells by being run again', async () => {
    await using database = throughNetwork({ policy: { failuresInARow: 100 } });
    await database.ready();
    network.fault = 'deaf';
    await expect(database.commit(insertOnce('lost'))).rejects.toMatchObject({ name: 'CommitUnknown', database: 'cart/accept' });
    network.fault = 'pass';
    await using witness = direct();
    expect(await salesIn(witness, 'lost')).toHaveLength(1);
    // A cancel that is not answered proves a black hole, and that opens the breaker at once.
    await database.whenClosed();
    await database.commit(insertOnce('lost'));
    expect(await salesIn(witness, 'lost')).toHaveLength(1);
  });

  test('Q02 a connection that was reset while idle costs its next user nothing', async () => {
    await using database = throughNetwork();
    await Promise.all([database.ready(), database.ready(), database.ready()]);
    network.reset();
    await sleep(50);
    await database.ready();
    expect(database.state).toBe('closed');
  });

  test('Q03, Q04, Q06 a request that is cut after any of its bytes has done nothing, and is done once when it is sent again', async () => {
    await using database = throughNetwork({ policy: { failuresInARow: 1_000, errorPercent: 100 } });
    await using witness = direct();
    await database.ready();
    // given: one packet, and one of many
    for (const padding of ['', 'x'.repeat(100_000)]) {
      const padded = (id: string): Sql => sql`${insertOnce(id)}; DECLARE @padding NVARCHAR(MAX) = ${text(padding)};`;
      const before = network.requested;
      await database.commit(padded(`whole-${padding.length}`));
      const length = network.requested - before;
      for (const after of [0, 1, 8, 9, ...[0.25, 0.5, 0.75].map((share) => Math.floor(length * share)), length - 9, length - 1]) {
        const id = `cut-${padding.length}-${after}`;

        // when
        network.cutAfter = after;
        expect(await database.commit(padded(id)).catch((error: unknown) => error)).toMatchObject({ name: 'CommitUnknown' });

        // then
        expect([id, await salesIn(witness, id)]).toEqual([id, []]);
        await database.commit(padded(id));
        expect(await salesIn(witness, id)).toHaveLength(1);
      }
    }
    expect(database.figures.pool).toMatchObject({ used: 0, pending: 0 });
  }, 60_000);

  test.each([
    ['Q04 is lost in the midst of it', { match: 'commit', action: 'drop-before' }, 0],
    ['Q06 is lost before it', { match: 'sale', action: 'drop-before' }, 0],
    ['Q17 ends in a failover', { match: 'commit', action: 40_197 }, 0],
    ['Q05 is lost right after it', { match: 'commit', action: 'drop-after-commit' }, 1],
  ] as const)('a unit of work whose connection %s is unknown, and there once when it is run again', async (_, fault, kept) => {
    await using database = direct({ lane: 'accept', policy: { probe: { goodInARow: 1, gapMs: 20, deadlineMs: 400, delaysMs: () => [50] } } });
    await using witness = direct();
    await database.ready();
    const id = randomUUID();

    // when
    server.faults([fault]);
    const outcome = await database.commit(insertOnce(id)).catch((error: unknown) => error);

    // then
    expect(outcome).toMatchObject({ name: 'CommitUnknown' });
    expect(await salesIn(witness, id)).toHaveLength(kept);
    await database.whenClosed();
    await database.commit(insertOnce(id));
    expect(await salesIn(witness, id)).toHaveLength(1);
  });

  test('Q06 a request that never arrives is unknown as well, and done once when it is sent again', async () => {
    await using database = throughNetwork({ policy: { failuresInARow: 100 } });
    await using witness = direct();
    await database.ready();
    network.fault = 'hole';
    await expect(database.commit(insertOnce('swallowed'))).rejects.toMatchObject({ name: 'CommitUnknown' });
    network.fault = 'pass';
    network.reset();
    expect(await salesIn(witness, 'swallowed')).toEqual([]);
    await database.whenClosed();
    await database.commit(insertOnce('swallowed'));
    expect(await salesIn(witness, 'swallowed')).toHaveLength(1);
  });

  test('Q03 a connection that is reset under a commit leaves its outcome unknown at once', async () => {
    await using database = throughNetwork();
    await database.ready();
    network.fault = 'deaf';
    const commit = database.commit(insertOnce('reset')).catch((error: unknown) => error);
    await sleep(50);
    network.reset();
    expect(await commit).toMatchObject({ name: 'CommitUnknown' });
  });

  test('Q08 a black hole opens the breaker after few calls, and it closes again by itself', async () => {
    const transitions: Transition[] = [];
    await using database = throughNetwork({ onTransition: (transition) => transitions.push(transition), policy: { rampMs: 500 } });
    await Promise.all(Array.from({ length: 8 }, () => database.ready()));
    network.fault = 'hole';
    const began = performance.now();
    // Whoever is turned away by the open breaker is shown the cause that opened it; whoever got through has one of its own.
    const causes = new Set<unknown>();
    while (database.state === 'closed' && performance.now() - began < 5_000) {
      void database.ready().catch((error: unknown) => {
        causes.add((error as { cause?: unknown }).cause);
      });
      await sleep(5);
    }
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(causes.size).toBeLessThanOrEqual(12);
    await expect(database.ready()).rejects.toMatchObject({ name: 'DependencyUnavailable' });
    network.fault = 'pass';
    await database.whenClosed();
    await database.ready();
    expect(transitions.map(({ to }) => to).slice(0, 2)).toEqual(['open', 'ramping']);
  });

  test('Q09 a black hole that takes only new connections is not felt by those who use the old ones', async () => {
    await using database = throughNetwork();
    await Promise.all(Array.from({ length: 3 }, () => database.ready()));
    const { used, free } = database.figures.pool;
    expect(used + free).toBeGreaterThan(0);
    network.fault = 'hole-new';
    // More at once than there are connections: the pool tries to make others, and nobody waits for those.
    const waits: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 8 }, async () => {
        const began = performance.now();
        await database.ready();
        waits.push(performance.now() - began);
      }));
      await sleep(20);
    }
    expect(waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.9)]).toBeLessThan(150);
    expect(database.state).toBe('closed');
  });

  test('Q11 an answer that comes byte by byte is an answer that does not come', async () => {
    await using database = throughNetwork({ policy: { concurrency: 1, failuresInARow: 100 } });
    await database.ready();
    network.fault = 'drip';
    const began = performance.now();
    await expect(salesIn(database, 'any')).rejects.toMatchObject({ name: 'DependencyUnavailable' });
    expect(performance.now() - began).toBeLessThan(1_500);
    // Its place is free again long before the answer would be whole.
    while (database.breaker.load.inFlight > 0) await sleep(20);
    expect(performance.now() - began).toBeLessThan(5_000);
    network.fault = 'pass';
    await database.whenClosed();
    await database.ready();
  });

  test('Q10, Q35 a caller pays no more than the deadline even when the answer stops half-way', async () => {
    await using database = throughNetwork({ policy: { failuresInARow: 100 } });
    await database.ready();
    network.fault = 'deaf';
    const began = performance.now();
    await expect(salesIn(database, 'any')).rejects.toMatchObject({ name: 'DependencyUnavailable' });
    expect(performance.now() - began).toBeLessThan(800);
    network.fault = 'pass';
    await database.whenClosed();
    await database.ready();
  });
});

test('Q23 a database that takes no writes is open for work until it takes them again, and goes on being read', async () => {
  const probe = { goodInARow: 1, gapMs: 20, deadlineMs: 400, delaysMs: () => [50] };
  await using works = direct({ lane: 'work', policy: { probe } });
  await using reads = direct({ lane: 'read' });
  const forAll = (id: string) => reads.forEveryTenant().query(Sale, sql`SELECT id, minor, version FROM sale WHERE id = ${varchar(40, id)};`);
  await works.commit(insert('before the failover'));

  // when
  server.faults([{ name: 'replica', match: 'INSERT|UPDATE|DELETE', action: 3_906, times: 1_000 }]);
  await expect(works.commit(insert('on the replica'))).rejects.toMatchObject({ name: 'DependencyUnavailable' });
  await expect(works.query(Sale, sql`SELECT id, minor, version FROM sale;`)).rejects.toMatchObject({ name: 'DependencyUnavailable' });

  // then: a probe that only read would have closed it many times over
  await sleep(1_000);
  expect(works.breaker.cause).toMatchObject({ kind: 'read-only' });
  expect(await forAll('before the failover')).toHaveLength(1);
  expect(reads.state).toBe('closed');

  // when
  server.faults([]);
  await works.whenClosed();
  await works.commit(insert('on the primary'));
  expect(await forAll('on the replica')).toEqual([]);
});

test('Q28 a row that somebody keeps costs whoever wants it a second: other stores sell on, nothing is unknown or opens, and it is sold when the row is free', async () => {
  await using database = direct({ lane: 'work' });
  await database.commit(join([insert('counter-leeds'), insert('counter-bath')]));
  const number = (store: string): Sql => sql`UPDATE sale SET version += 1 WHERE id = ${varchar(40, `counter-${store}`)};`;
  {
    await using _somebody = await server.hold("BEGIN TRAN; SELECT id FROM sale WITH (UPDLOCK) WHERE id = 'counter-leeds';");
    for (let tries = 0; tries < 6; tries += 1) {
      const leeds = database.commit(number('leeds')).catch((error: unknown) => error);
      await Promise.all([database.commit(number('bath')), database.commit(number('bath'))]);
      expect(await leeds).toMatchObject({ name: 'RowsTaken', cause: { number: 1222 } });
    }
    expect(database.state).toBe('closed');
  }
  await database.commit(number('leeds'));
  expect([await salesIn(database, 'counter-leeds'), await salesIn(database, 'counter-bath')]).toMatchObject([[{ version: 2 }], [{ version: 13 }]]);
}, 40_000);

test('Q27 one statement that has become slow costs the lane that runs it, and nobody else', async () => {
  await using reports = direct({ lane: 'read', policy: { deadlineMs: 400 } });
  await using tills = direct({ lane: 'accept' });
  server.faults([{ match: 'slow_report', action: 'delay', delayMs: 3_000, times: 1_000 }]);
  const report = () => reports.query(Sale, sql`SELECT id, minor, version FROM sale AS slow_report;`).catch((error: unknown) => error);

  // when
  for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 4 }, report));

  // then
  expect(reports.state).toBe('open');
  for (let sale = 0; sale < 20; sale += 1) await tills.commit(insert(`meanwhile-${sale}`));
  expect(tills.state).toBe('closed');
  server.faults([]);
});

test('Q01 a server that goes away opens the breaker, and what was committed is there when it is back', async () => {
  await using database = direct();
  await database.commit(insert('before the outage'));
  await server.stop();
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => database.ready()));
  expect(outcomes.every((outcome) => outcome.status === 'rejected' && (outcome.reason as Error).name === 'DependencyUnavailable')).toBe(true);
  expect(database.state).toBe('open');
  await server.start();
  await database.whenClosed();
  expect(await salesIn(database, 'before the outage')).toHaveLength(1);
});

test.each([['accept', 110], ['work', 400], ['read', 300]] as const)('R08 the %s lane stays closed when every answer takes twice as long as it did, below what is too late', async (lane, usualMs) => {
  await using database = direct({ lane });
  const opened: string[] = [];
  database.onTransition(({ to }) => void opened.push(to));

  for (const delayMs of [usualMs, 2 * usualMs]) {
    server.faults([{ match: 'SELECT', action: 'delay', delayMs, times: 1_000 }]);
    for (let round = 0; round < 8; round += 1) await Promise.all(Array.from({ length: 4 }, () => database.query(z.object({ one: z.int() }), sql`SELECT 1 AS one;`)));
  }

  expect([database.state, opened]).toEqual(['closed', []]);
}, 60_000);
