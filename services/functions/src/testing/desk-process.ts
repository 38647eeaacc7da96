// A desk that works plans off, as a process of its own: what a test kills. BUS and SQL say where; DIE_AFTER names the step after which it takes its own life,
// TASK what a bench wants of it: `index`, or `replay`.
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { Database } from '@checkout/sql';
import { IndexDeadLetters } from '../application/index-dead-letters.ts';
import { RunPlan } from '../application/run-plan.ts';
import { WorkPlans } from '../application/work-plans.ts';
import { ServiceBusQueues } from '../gateway/service-bus-queues.ts';
import { SqlArchive } from '../store/sql-archive.ts';
import { SqlAudit } from '../store/sql-audit.ts';
import { SqlGroups } from '../store/sql-groups.ts';
import { SqlIndex } from '../store/sql-index.ts';
import { SqlPlans } from '../store/sql-plans.ts';
import { SqlReports } from '../store/sql-reports.ts';
import type { Step } from './steps.ts';

const { BUS = '', SQL = '', DIE_AFTER, DIE_AT_WAVE = '0', TASK } = process.env;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let wave = 0;
/** No clean-up, no farewell: as a power cut. */
const after = (step: Step): void => {
  if (step === DIE_AFTER && wave >= Number(DIE_AT_WAVE)) process.kill(process.pid, 'SIGKILL');
};

const database = Database.open({ connectionString: SQL, name: 'operations', logger: silent });
const queues = new ServiceBusQueues(new ServiceBusClient(BUS), [{ topic: 'stock', subscription: 'inventory' }]);
const plans = new SqlPlans(database, new SqlAudit(database));
const { lease, mark } = { lease: plans.lease.bind(plans), mark: plans.mark.bind(plans) };
const { setAside, take, send } = { setAside: queues.setAside.bind(queues), take: queues.take.bind(queues), send: queues.send.bind(queues) };
plans.lease = async (...args) => { const leased = await lease(...args); if (leased) after('leased'); return leased; };
plans.mark = async (plan, changes, audit, next) => {
  if (next !== undefined) after('removed');
  await mark(plan, changes, audit, next);
  after(next === undefined ? 'marked' : 'noted');
  if (next !== undefined) wave += 1;
};
queues.setAside = async (...args) => { await setAside(...args); after('set aside'); };
queues.take = async (...args) => {
  const taken = await take(...args);
  after('taken');
  return { ...taken, messages: taken.messages.map((message) => ({ ...message, remove: async () => { await message.remove(); after('removed one'); } })) };
};
queues.send = async (...args) => { await send(...args); after('sent'); };
const run = new RunPlan({ queues, plans, reports: new SqlReports(database), archive: new SqlArchive(database), now: () => new Date(), pause: (ms) => sleep(ms), limits: { pollMs: 50 } });
const say = (figures: object): void => void process.stdout.write(`${JSON.stringify({ ...figures, mostBytes: process.resourceUsage().maxRSS * 1_024 })}\n`);
if (TASK === 'index') {
  const startedAt = performance.now();
  const found = await new IndexDeadLetters(queues, new SqlIndex(database), new SqlGroups(database)).findNew(Infinity);
  say({ found, tookMs: performance.now() - startedAt });
  process.exit(0);
}
if (TASK === 'replay') {
  // Nobody receives what a bench replays: the guard looks, and lets it pass.
  const backlog = queues.backlog.bind(queues);
  queues.backlog = async (...args) => { await backlog(...args); return 0; };
  process.once('SIGTERM', () => { say({}); process.exit(0); });
}
const work = new WorkPlans(plans, run, `desk-${process.pid}`, 3_000);
for (;;) {
  await work.work(Date.now() + 20_000);
  await sleep(50);
}
