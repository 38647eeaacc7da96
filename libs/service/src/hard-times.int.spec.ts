import { eventually, storeIds, Town } from '@checkout/messaging/testing';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitOf, Processes, type HowToStart, type TinyProcess } from './testing/tiny-process.ts';

let town: Town;
const started = new Processes();
const start = (overrides: NodeJS.ProcessEnv = {}, how: HowToStart = {}): TinyProcess => started.start(town, overrides, how);
beforeEach(async () => {
  town = await Town.open();
});
afterEach(async () => {
  started.killAll();
  await town[Symbol.asyncDispose]();
});

const health = (port: number, probe: 'live' | 'ready'): Promise<number> => fetch(`http://127.0.0.1:${port}/health/${probe}`, { signal: AbortSignal.timeout(1_000) }).then(({ status }) => status, () => 0);
const breakers = async (port: number): Promise<readonly string[]> => {
  const { checks } = (await (await fetch(`http://127.0.0.1:${port}/health/ready`)).json()) as { checks: { breakers: { detail: { state: string }[] } } };
  return checks.breakers.detail.map(({ state }) => state);
};
/** A piece for each store, sold once. */
async function sells(already: number): Promise<void> {
  await town.sell(storeIds);
  await eventually(async () => expect(await town.sold()).toBe(already + storeIds.length), 30_000);
  await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0, deadLetter: 0 }), 30_000);
}
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a service', () => {
  it('OP14 sells on when the disk that its log goes to is full, and ends in good order', async () => {
    // given: /dev/full takes nothing, as a disk without room
    const port = await freePort();
    const service = start({ PORT: String(port) }, { shell: 'exec >/dev/full' });
    await eventually(async () => expect(await health(port, 'ready')).toBe(200), 20_000);

    // when
    await sells(0);

    // then
    expect(await health(port, 'live')).toBe(200);
    service.process.kill('SIGTERM');
    expect(await exitOf(service.process)).toBe(0);
  }, 60_000);

  it.each([['ahead', 3_600_000], ['back', -3_600_000]])('OP18 does not take it for a silence when the clock of its host is set an hour %s', async (_, stepMs) => {
    // given
    const service = start({ CLOCK_STEP_MS: String(stepMs) });
    const port = await service.ready();

    await sleep(1_500); // until it waits for each of its partitions

    // when
    service.process.kill('SIGUSR2');
    await sleep(1_500);

    // then
    expect(await health(port, 'live')).toBe(200);
    await sells(0);
    expect(await health(port, 'live')).toBe(200);
    expect([...new Set(await breakers(port))]).toEqual(['closed']);
    expect(service.lines.filter(({ level }) => level !== 'info').map(({ msg }) => msg)).toEqual([]);
  }, 90_000);

  it('R01 that cannot move for five seconds answers no question of its health, loses its locks, and does nothing twice', async () => {
    // given: a lock lives a second
    await using shortLocked = await Town.open({ lockDuration: 'PT1S' });
    const at = { SERVICE_BUS_CONNECTION: shortLocked.serviceBus.connectionString, SQL_CONNECTION: shortLocked.sqlServer.connectionString };
    const blocked = start(at, { preload: `process.on('SIGUSR2', () => { for (const until = performance.now() + 5_000; performance.now() < until; ); });` });
    const other = start(at);
    const [port] = await Promise.all([blocked.ready(), other.ready()]);
    const selling = shortLocked.sell(Array.from({ length: 400 }, (_, n) => storeIds[n % storeIds.length]));
    await eventually(async () => expect(await shortLocked.sold()).toBeGreaterThan(0), 30_000);

    // when
    blocked.process.kill('SIGUSR2');
    await sleep(200);
    const answer = await health(port, 'live');

    // then
    expect(answer).toBe(0);
    await selling;
    await eventually(async () => expect(await shortLocked.sold()).toBe(400), 60_000);
    await eventually(async () => expect(await shortLocked.waiting()).toMatchObject({ active: 0, deadLetter: 0 }), 60_000);
    await eventually(async () => expect(await health(port, 'live')).toBe(200), 30_000);
    await eventually(async () => expect([...new Set(await breakers(port))]).toEqual(['closed']), 60_000);
    expect(await shortLocked.sold()).toBe(400);
  }, 180_000);

  it('R02 that has little memory holds a part of what waits, and leaves the rest with the bus', async () => {
    // given: a database that answers slowly, more messages than it may hold, and a heap that they would not fit into
    const service = start({ NODE_OPTIONS: '--max-old-space-size=96' });
    const port = await service.ready();
    await sells(0);
    town.sqlServer.faults([{ match: '.', action: 'delay', delayMs: 400, times: 1_000_000 }]);

    // when
    const [storeId] = storeIds;
    await town.sell(Array.from({ length: 5_000 }, () => storeId));

    // then
    await eventually(async () => expect((await town.waiting()).locked).toBeGreaterThan(1_900), 30_000);
    for (let looks = 0; looks < 10; looks += 1, await sleep(100)) expect((await town.waiting()).locked).toBeLessThanOrEqual(2_024);
    town.sqlServer.faults([]);
    await eventually(async () => expect(await town.sold()).toBe(storeIds.length + 5_000), 60_000);
    expect(await health(port, 'live')).toBe(200);
    expect(service.process.exitCode).toBeNull();
  }, 180_000);

  it('R03 whose files are used up turns callers away, sells on, and lets callers in again when they have gone', async () => {
    // given
    const service = start({}, { shell: 'ulimit -n 64' });
    const port = await service.ready();

    // when: more callers than it may have files
    const callers: Socket[] = Array.from({ length: 150 }, () => connect({ port, host: '127.0.0.1' }).on('error', () => {}));
    await sleep(1_000);
    const during = await health(port, 'live');
    await sells(0);
    for (const caller of callers) caller.destroy();

    // then
    expect(during).toBe(0);
    await eventually(async () => expect(await health(port, 'live')).toBe(200), 20_000);
    expect([...new Set(await breakers(port))]).toEqual(['closed']);
    expect(service.lines.filter(({ level }) => level === 'fatal')).toEqual([]);
    await sells(storeIds.length);
  }, 90_000);

  it('R04 that nobody catches an error of says which, and ends, to be started again', async () => {
    const service = start({}, { preload: `process.on('SIGUSR2', () => { void Promise.reject(new Error('nobody caught this')); });` });
    await service.ready();

    service.process.kill('SIGUSR2');

    expect(await exitOf(service.process)).toBe(1);
    expect(service.lines.filter(({ level }) => level === 'fatal').map(({ msg, err }) => [msg, err?.message])).toEqual([['crashed', 'nobody caught this']]);
  }, 60_000);

  it('R05 that gets a tenth of a processor sells slowly, and does not take its database for out', async () => {
    // given
    const service = start();
    const port = await service.ready();
    let isStarved = true;
    const starving = (async () => {
      for (; isStarved; await sleep(10)) {
        service.process.kill('SIGSTOP');
        await sleep(90);
        service.process.kill('SIGCONT');
      }
    })();

    // when
    await town.sell(Array.from({ length: 400 }, (_, n) => storeIds[n % storeIds.length]));
    await eventually(async () => expect(await town.sold()).toBe(400), 90_000);
    await sleep(3_000);
    isStarved = false;
    await starving;

    // then
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).not.toMatch(/^breaker_open_total\{.*\} [1-9]/m);
    expect(service.lines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
    expect(await town.waiting()).toMatchObject({ active: 0, deadLetter: 0 });
  }, 150_000);

  it('R06 whose names are looked up by nobody looks up few at a time, answers, and ends', async () => {
    // given: what looks names up is silent for ten seconds and then knows nothing, as the system's own is when nobody answers it
    const preload = `
      import dns from 'node:dns';
      import { createRequire, syncBuiltinESMExports } from 'node:module';
      const real = dns.lookup;
      let under = 0, most = 0;
      dns.lookup = (name, options, done = options) => {
        if (!String(name).endsWith('.invalid')) return real(name, options, done);
        most = Math.max(most, under += 1);
        setTimeout(() => { under -= 1; done(Object.assign(new Error('getaddrinfo EAI_AGAIN ' + name), { code: 'EAI_AGAIN', syscall: 'getaddrinfo', hostname: name })); }, 10000);
      };
      syncBuiltinESMExports();
      process.on('SIGUSR2', () => process.stdout.write(JSON.stringify({ level: 'info', msg: 'most ' + most }) + '\\n'));`;
    const service = start({
      SQL_CONNECTION: town.sqlServer.connectionString.replace(/(Server|Data Source)=[^,;]+/i, '$1=database.invalid'),
      SERVICE_BUS_CONNECTION: town.serviceBus.connectionString.replace(/sb:\/\/[^:/;]+/, 'sb://bus.invalid'),
    }, { preload });
    const port = await service.ready();

    // when
    const answers: number[] = [];
    for (let looks = 0; looks < 24; looks += 1, await sleep(500)) answers.push(await health(port, 'live'));
    service.process.kill('SIGUSR2');

    // then: of the four threads that a process has for such work, two are never given to names
    expect(answers.filter((status) => status !== 200)).toEqual([]);
    await eventually(() => expect(service.lines.map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/^most [1-8]$/)));
    service.process.kill('SIGTERM');
    expect(await exitOf(service.process)).toBe(0);
  }, 90_000);

  it.each(['refuses', 'never answers'])('R09 sells as ever when whoever collects its telemetry %s', async (how) => {
    // given
    const held: Socket[] = [];
    const silent = createServer((socket) => void held.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port: silentPort } = silent.address() as AddressInfo;
    const endpoint = `http://127.0.0.1:${how === 'refuses' ? await freePort() : silentPort}`;
    const service = start({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_BSP_MAX_QUEUE_SIZE: '32', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '8' });
    const port = await service.ready();

    // when
    for (let round = 0; round < 5; round += 1) await sells(round * storeIds.length);

    // then
    expect([await health(port, 'live'), await health(port, 'ready')]).toEqual([200, 200]);
    expect(service.lines.filter(({ level }) => level !== 'info').map(({ msg }) => msg)).toEqual([]);
    service.process.kill('SIGTERM');
    const startedAt = performance.now();
    expect(await exitOf(service.process)).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    for (const socket of held) socket.destroy();
    silent.close();
  }, 120_000);
});
