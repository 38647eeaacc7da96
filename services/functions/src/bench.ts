// `node tools/run.mjs file services/functions/src/bench.ts [entries] [replays]`: how quickly the desk indexes, lists and replays, and in how much memory. The desk is what Azure is given:
// compiled, on the Functions host, a process of its own. The stand-ins and a service that handles what is replayed run here, on the same cores.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { operations } from '@checkout/contracts';
import { toOutbound, toServiceBus } from '@checkout/messaging/plain';
import { BenchShop, queue } from './testing/bench-shop.ts';

const [entries = 100_000, replays = 5_000] = process.argv.slice(2).map(Number);
const root = join(import.meta.dirname, '../../..');
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

/** As `languageWorkers__node__arguments` has it in `infra/azure/functions.bicep`. */
const workerArguments = (process.env['WORKER_ARGUMENTS'] ?? '--max-old-space-size=96 --max-semi-space-size=4').split(' ').filter(Boolean);

/** The most memory that a process has had at once since it was last asked. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function mostMegabytes({ pid }: ChildProcess): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return Math.round((Number(kilobytes) * 1_024) / 1e6);
}

/** The CPU time that a process has had so far: of the desk's as the kernel counts it, in ticks of 10 ms, and of ours. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function cpuMs({ pid }: ChildProcess): { readonly desk: number; readonly others: number } {
  const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ').slice(11, 13).map(Number);
  const own = process.cpuUsage();
  return { desk: (user + system) * 10, others: (own.user + own.system) / 1_000 };
}

function compiled(directory: string): { readonly host: string; readonly app: string } {
  const { status } = spawnSync(process.execPath, [join(root, 'tools/image.mjs'), directory, 'services/functions', 'infra/local/functions'], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('The desk does not compile.');
  const [host, app] = [join(directory, 'infra/local/functions'), join(directory, 'services/functions')];
  // The host of Azure is no part of the process that is measured; this one shares the app's packages, so that none is loaded twice.
  cpSync(join(host, 'node_modules'), join(app, 'node_modules'), { recursive: true, force: false });
  rmSync(join(host, 'node_modules'), { recursive: true });
  symlinkSync(join(app, 'node_modules'), join(host, 'node_modules'));
  return { host: join(host, 'dist/main.js'), app };
}

async function started(shop: BenchShop): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const { host, app } = compiled(shop.directory);
  const child = spawn(process.execPath, [...workerArguments, host], { env: { PATH: process.env['PATH'], APP_DIR: app, PORT: '0', LOG_LEVEL: 'error', ...shop.settings }, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the host ended')));
    lines.on('line', (line) => {
      const said = JSON.parse(line) as { readonly msg?: string; readonly port?: number; readonly level?: string };
      if (said.msg === 'listening') resolve(`http://127.0.0.1:${said.port}/v1/`);
      else if (said.level === 'error') say(line);
    });
  });
  return { child, url };
}

async function until(isSo: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  while (!(await isSo())) await sleep(100);
  return performance.now() - startedAt;
}

await using shop = await BenchShop.open();
say(`load average ${loadavg().map((each) => each.toFixed(1)).join(' ')}; node ${process.version} ${workerArguments.join(' ')}`);
await shop.deadLetter(entries, (n) => (n < replays ? 'to-be-replayed' : `cause-${n % 20}`));

const { child, url } = await started(shop);
const call = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
  const answer = await fetch(url + path, { method, headers: { authorization: `Bearer ${await shop.token(path.endsWith('/approve') ? 'bea' : 'ann')}`, 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Body;
};
const groups = async () => (await call<{ groups: { signature: string; waiting: number; facts: { reason: string } }[] }>('GET', 'dead-letters/groups')).groups;
const idle = mostMegabytes(child);

const indexedMs = await until(async () => (await groups()).reduce((sum, { waiting }) => sum + waiting, 0) === entries);
say(`index: ${entries} in ${seconds(indexedMs)} s with the pauses between two calls of its timer; ${mostMegabytes(child)} MB at the most, ${idle} MB before (goals: 100,000 in 120 s, 200 MB)`);

const listings: number[] = [];
for (let round = 0; round < 11; round += 1) listings.push(await until(async () => (await groups()).length > 0));
say(`list groups: median ${listings.toSorted((left, right) => left - right)[5]?.toFixed(1)} ms over HTTP (goal: 200 ms)`);

const signature = (await groups()).find(({ facts }) => facts.reason === 'to-be-replayed')?.signature ?? '';
const planningAt = performance.now();
const { planId } = await call<{ planId: string }>('POST', 'dead-letters/plans', { kind: 'replay', selection: { signature }, reason: 'a bench', isRamped: false, maxPerSecond: 5_000 });
say(`plan: ${replays} frozen in ${seconds(performance.now() - planningAt)} s; ${mostMegabytes(child)} MB at the most`);

await call('POST', `dead-letters/plans/${planId}/approve`);
const told = shop.client.createSender('operations');
const handling = shop.handle(async (messages) => {
  await told.sendMessages(messages.map(({ messageId, applicationProperties }) => toServiceBus(toOutbound(operations.ReplayHandled({
    service: 'inventory', instance: 'bench', at: new Date().toISOString(), messageId: String(messageId), replayOf: String(applicationProperties?.['replayOf']), outcome: 'applied',
  }), { id: `${String(messageId)}-handled`, source: '/services/inventory', time: new Date().toISOString(), tenantId: 'platform' }))));
});
const before = cpuMs(child);
const startedAt = performance.now();
await call('POST', `dead-letters/plans/${planId}/start`);
let sentMs: number | undefined;
await until(async () => {
  await sleep(200);
  const { items } = await call<{ items: Readonly<Record<string, number>> }>('GET', `dead-letters/plans/${planId}`);
  if ((items['planned'] ?? 0) + (items['sending'] ?? 0) === 0) sentMs ??= performance.now() - startedAt;
  return items['applied'] === replays;
});
const doneMs = performance.now() - startedAt;
const after = cpuMs(child);
say(`replay: ${replays} sent in ${seconds(sentMs ?? doneMs)} s from the command on (${Math.round(replays / ((sentMs ?? doneMs) / 1_000))} a second), each outcome heard of after ${seconds(doneMs)} s; ${mostMegabytes(child)} MB at the most (goals: 500 a second, 200 MB)`);
const perReplay = (ms: number): string => (ms / replays).toFixed(2);
say(`replay: CPU per message: ${perReplay(after.desk - before.desk)} ms the desk, ${perReplay(after.others - before.others)} ms the stand-ins with inventory`);
say(`load average ${loadavg().map((each) => each.toFixed(1)).join(' ')}; ${queue.topic}/${queue.subscription}`);
shop.isClosed = true;
await handling;
const ended = once(child, 'exit');
child.kill('SIGTERM');
await ended;
