// `node tools/run.mjs file services/functions/src/bench.ts [entries] [replays]`: how quickly the desk indexes, lists and replays. The desk is a process of its own, whose memory is
// measured; the stand-ins run here, on the same cores.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { sql } from '@checkout/sql';
import { ann, bea, replayOf, TestDesk } from './testing/desk.ts';

const [entries = 100_000, replays = 5_000] = process.argv.slice(2).map(Number);
const page = 2_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const load = (): string => `load average ${loadavg().map((each) => each.toFixed(1)).join(' ')}`;

/** What the functions app should be given: without limits, Node lets garbage lie as long as the machine has room (385 MB while it indexes 100,000). */
const heap = ['--max-old-space-size=96', '--max-semi-space-size=4'];

interface Figures { readonly found: number; readonly tookMs: number; readonly mostBytes: number }

function run(desk: TestDesk, environment: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [...process.execArgv, ...heap, join(import.meta.dirname, 'testing/desk-process.ts')], {
    env: { PATH: process.env['PATH'], BUS: desk.busConnection, SQL: desk.databaseConnection, ...environment }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  return {
    child,
    figures: Promise.all([text(child.stdout), once(child, 'exit')]).then(([said]) => JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Figures),
  };
}

await using desk = await TestDesk.start();
say(load());
await desk.deadLetter(replays, { reason: 'to-be-replayed' });
for (let first = 0; first < entries - replays; first += page) await desk.deadLetter(Math.min(page, entries - replays - first), { first, reason: `cause-${(first / page) % 20}` });

const index = await run(desk, { TASK: 'index' }).figures;
say(`index: ${index.found} in ${(index.tookMs / 1_000).toFixed(1)} s, ${Math.round(index.mostBytes / 1e6)} MB at the most (goals: 100,000 in 120 s, 200 MB)`);
const listings: number[] = [];
for (let round = 0; round < 11; round += 1) {
  const startedAt = performance.now();
  await desk.parts.groups.groups({ scope: 'all-tenants' });
  listings.push(performance.now() - startedAt);
}
say(`list groups: median ${listings.toSorted((left, right) => left - right)[5]?.toFixed(1)} ms (goal 200 ms)`);

const group = (await desk.parts.groups.groups({ scope: 'all-tenants' })).find(({ facts }) => facts.reason === 'to-be-replayed');
const plan = await desk.parts.make.make({ ...replayOf(group?.signature ?? ''), isRamped: false, maxPerSecond: 5_000 }, ann);
if (plan.needsApproval) await desk.parts.direct.approve(plan.planId, bea);
const worker = run(desk, { TASK: 'replay' });
await desk.parts.direct.start(plan.planId, ann);
const startedAt = performance.now();
for (let ended = 0; ended < replays;) {
  // As the service would tell it: a run has at most 2,000 messages out without an outcome.
  await desk.database.commit(sql`UPDATE replay_item SET state = 'applied', outcome = 'applied' WHERE state = 'sent';`);
  ended = (await desk.parts.plans.counts(plan.planId)).applied ?? 0;
  await new Promise((resolve) => setTimeout(resolve, 100));
}
const tookMs = performance.now() - startedAt;
worker.child.kill('SIGTERM');
const { mostBytes } = await worker.figures;
say(`replay: ${replays} in ${(tookMs / 1_000).toFixed(1)} s with the start of the process, ${Math.round(replays / (tookMs / 1_000))} messages/s, ${Math.round(mostBytes / 1e6)} MB at the most (goals: 500, 200 MB)`);
say(load());
