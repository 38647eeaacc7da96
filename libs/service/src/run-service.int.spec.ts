import { messagingMigrations } from '@checkout/messaging';
import { eventually, ofSale, sellTwo, shelfMigrations, Shop, storeIds, tenantId, Town } from '@checkout/messaging/testing';
import { migrate } from '@checkout/sql';
import { startTestDatabase } from '@checkout/sql/testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitOf, Processes, type TinyProcess } from './testing/tiny-process.ts';

let town: Town;
const started = new Processes();
const start = (overrides: NodeJS.ProcessEnv = {}): TinyProcess => started.start(town, overrides);
beforeAll(async () => {
  town = await Town.open();
});
afterEach(() => started.killAll());
afterAll(() => town[Symbol.asyncDispose]());

describe('a service', () => {
  it('handles messages, says that it is well, and ends within 2 s of SIGTERM', async () => {
    // given
    const service = start();
    const port = await service.ready();
    await town.sell(storeIds);
    await eventually(async () => expect(await town.sold()).toBe(8));
    expect((await fetch(`http://localhost:${port}/health/ready`)).status).toBe(200);

    // when
    const startedAt = performance.now();
    service.process.kill('SIGTERM');
    const code = await exitOf(service.process);

    // then
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(code).toBe(0);
    expect(service.lines.filter(({ level }) => level !== 'info')).toEqual([]);
    expect(await town.chunks()).toBe(0);
  });

  it('Q33 goes on being ready without its database, says since when and why, tells the operators, and has figures of it', async () => {
    // given
    const service = start();
    const port = await service.ready();

    // when
    await town.sqlServer.stop();
    try {
      await town.sell(storeIds);

      // then
      const ready = async () => (await (await fetch(`http://localhost:${port}/health/ready`)).json()) as { status: string; checks: { breakers: { detail: { name: string; state: string; kind?: string; since: string }[] } } };
      await eventually(async () => expect((await ready()).checks.breakers.detail).toContainEqual(expect.objectContaining({ name: 'inventory/work', state: 'open', kind: 'unreachable' })), 10_000);
      expect((await ready()).status).toBe('ok');
      await eventually(async () => {
        const metrics = await (await fetch(`http://localhost:${port}/metrics`)).text();
        const lines = metrics.split('\n').filter((line) => /^(breaker_state|breaker_open_total|bus_receiving_paused)/.test(line));
        expect(lines).toEqual(expect.arrayContaining([
          'breaker_state{breaker="inventory/work"} 2', 'breaker_open_total{breaker="inventory/work",cause="unreachable"} 1', 'bus_receiving_paused{topic="inventory-commands"} 1',
        ]));
      }, 10_000);
    } finally {
      await town.sqlServer.start();
    }
    await eventually(async () => expect(await town.sold()).toBeGreaterThanOrEqual(8), 30_000);
    const desk = town.client.createReceiver('operations', 'desk');
    const types: unknown[] = [];
    await eventually(async () => {
      for (const message of await desk.receiveMessages(50, { maxWaitTimeInMs: 200 })) types.push(message.subject);
      expect(types).toEqual(expect.arrayContaining(['operations.breaker-changed.v1', 'operations.receiving-paused.v1', 'operations.receiving-resumed.v1']));
    }, 10_000);
    expect(await town.waiting()).toMatchObject({ deadLetter: 0 });
  });

  it('Q42, OP07 takes no work and no traffic before its migrations have run, says which it wants, and begins when they have', async () => {
    // given
    await using database = await startTestDatabase([], 'shelf');
    const service = start({ SQL_CONNECTION: database.connectionString });
    const port = await service.ready();
    const ready = async () => {
      const answer = await fetch(`http://localhost:${port}/health/ready`);
      return { status: answer.status, ...((await answer.json()) as { checks: { schema: { ok: boolean; detail?: string } } }).checks.schema };
    };
    await town.sell(storeIds);

    // then
    expect(await ready()).toEqual({ status: 503, ok: false, detail: expect.stringMatching(/has not had 0001-inbox-outbox\.sql, .*0001-shelf\.sql.* Run the job migrate-inventory/) as string });
    expect((await fetch(`http://localhost:${port}/health/started`)).status).toBe(200); // It is not to be restarted.
    expect(service.lines.filter(({ level }) => level === 'error').map(({ msg }) => msg)).toEqual(['not ready: the database is not for this revision']);
    const { active, locked } = await town.waiting();
    expect(active).toBeGreaterThanOrEqual(8);
    expect(locked).toBe(0);

    // when
    await migrate(database.connectionString, [messagingMigrations, shelfMigrations]);

    // then
    await eventually(async () => expect(await ready()).toEqual({ status: 200, ok: true }), 15_000);
    await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, deadLetter: 0 }), 15_000);
  }, 60_000);

  it('Q19 Q20 gives its reports up first when the database has too much to do, and everything is handled when that is over', async () => {
    // given
    const service = start();
    const port = await service.ready();
    const before = await town.sold();
    const readLane = async () => {
      const ready = (await (await fetch(`http://localhost:${port}/health/ready`)).json()) as { checks: { breakers: { detail: { name: string; state: string; kind?: string }[] } } };
      return ready.checks.breakers.detail.find(({ name }) => name === 'inventory/read');
    };

    // when: only writes are told so
    town.sqlServer.faults([{ match: 'BEGIN TRAN', action: 10_928, times: 1_000 }]);
    await town.sell(storeIds);

    // then
    await eventually(async () => expect(await readLane()).toMatchObject({ state: 'open', kind: 'throttled' }), 20_000);
    town.sqlServer.faults([]);
    await eventually(async () => expect(await town.sold()).toBe(before + 8), 60_000);
    await eventually(async () => expect((await readLane())?.state).not.toBe('open'), 30_000);
    expect(await town.waiting()).toMatchObject({ deadLetter: 0 });
  }, 120_000);

  it.each([['fast', 600_000], ['slow', -600_000]])('Q45 whose clock is ten minutes %s handles each message once, and sends what a crash has left in the outbox', async (_, aheadMs) => {
    // given
    await town.reset();
    const crashed = new Shop(town, { insteadOfSend: () => new Promise(() => {}) });
    await crashed.pipeline.submit(sellTwo, { type: 'shelf.sell-two', body: ofSale() }, { tenantId });
    await crashed.vanish();
    await town.ageChunks();
    expect([await town.sold(), await town.chunks()]).toEqual([1, 1]);

    // when
    const service = start({ CLOCK_AHEAD_MS: String(aheadMs) });
    await service.ready();
    await town.sell(storeIds);

    // then
    await eventually(async () => expect([await town.sold(), await town.chunks()]).toEqual([10, 0]), 60_000);
    await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0, deadLetter: 0 }), 30_000);
    const [line] = service.lines;
    expect(Math.abs(Date.parse(line?.time ?? '') - Date.now() - aheadMs)).toBeLessThan(200_000);
  }, 120_000);

  it('works on a database of a newer release', async () => {
    // given
    await using database = await startTestDatabase([messagingMigrations, shelfMigrations, join(import.meta.dirname, 'testing/next-release')], 'shelf');
    const service = start({ SQL_CONNECTION: database.connectionString });

    // when
    const port = await service.ready();
    await town.sell(storeIds);

    // then
    expect((await fetch(`http://localhost:${port}/health/ready`)).status).toBe(200);
    await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, deadLetter: 0 }), 15_000);
  }, 60_000);

  it('K39, B08 stopped where it stands with locks in its hands, and let go on long after they have ended, does nothing that another has done meanwhile, and is well', async () => {
    // given: a lock lives a second here instead of a minute; six seconds are six locks, and longer than any deadline of a call
    await using shortLocked = await Town.open({ lockDuration: 'PT1S' });
    const at = { SERVICE_BUS_CONNECTION: shortLocked.serviceBus.connectionString, SQL_CONNECTION: shortLocked.sqlServer.connectionString };
    const frozen = start(at);
    const port = await frozen.ready();
    await shortLocked.sell(storeIds);
    await eventually(async () => expect(await shortLocked.sold()).toBe(8), 20_000);
    const sales = Array.from({ length: 800 }, (_, n) => storeIds[n % storeIds.length]);
    const selling = shortLocked.sell(sales);
    await eventually(async () => expect(await shortLocked.sold()).toBeGreaterThan(8), 20_000);

    // when
    frozen.process.kill('SIGSTOP');
    const [stoppedAt, other] = [performance.now(), start(at)];
    await selling;
    await other.ready();
    await eventually(async () => expect(await shortLocked.sold()).toBe(808), 60_000);
    await sleep(Math.max(0, 6_000 - (performance.now() - stoppedAt)));
    frozen.process.kill('SIGCONT');

    // then: what it held is not counted again, and it goes on alone
    other.process.kill('SIGTERM');
    expect(await exitOf(other.process)).toBe(0);
    await shortLocked.sell(storeIds);
    await eventually(async () => expect(await shortLocked.sold()).toBe(816), 60_000);
    await eventually(async () => expect(await shortLocked.waiting()).toMatchObject({ active: 0, deadLetter: 0 }), 20_000);
    expect(await shortLocked.sold()).toBe(816);
    await eventually(async () => {
      const ready = (await (await fetch(`http://localhost:${port}/health/ready`)).json()) as { status: string; checks: { breakers: { detail: { state: string }[] } } };
      expect([ready.status, ...ready.checks.breakers.detail.map(({ state }) => state).filter((state) => state !== 'closed')]).toEqual(['ok']);
    }, 30_000);
    frozen.process.kill('SIGTERM');
    expect(await exitOf(frozen.process)).toBe(0);
  }, 180_000);

  it('ends within 5 s of SIGTERM although neither bus nor database is there', async () => {
    const service = start({ SERVICE_BUS_CONNECTION: 'Endpoint=sb://localhost:1;SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true;', SQL_CONNECTION: 'Server=localhost,1;Database=shelf;User Id=a;Password=b' });
    await service.ready();
    const startedAt = performance.now();
    service.process.kill('SIGTERM');
    expect(await exitOf(service.process)).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('stops with one clear sentence when its environment is wrong', async () => {
    const service = start({ PORT: '', LOG_LEVEL: 'loud' });
    expect(await exitOf(service.process)).toBe(1);
    expect(service.lines.map(({ level, err }) => [level, err?.message])).toEqual([
      ['fatal', expect.stringMatching(/^The settings are not right:\n {2}PORT .*\n {2}LOG_LEVEL .*$/)],
    ]);
  });
});
