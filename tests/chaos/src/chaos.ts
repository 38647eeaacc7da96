import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { exitOnSignals } from '@checkout/local-network';
import { huntMutants } from './mutants/run-mutants.ts';
import { failuresOf, liveThroughOutage, participants, slownessOf, tellOutage } from './outage.ts';
import { makePlan } from './plan/make-plan.ts';
import { tell, type Plan } from './plan/plan.ts';
import { shrink } from './plan/shrink.ts';
import { reportOf, textOf } from './report.ts';
import { run, type RunResult } from './run.ts';

/** What the process ends with. A run that could not be done is never taken for one that passed. */
const exitCodes = { passed: 0, violated: 1, stuck: 2, broken: 3 } as const;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    minutes: { type: 'string', default: '1' },
    plan: { type: 'string' },
    report: { type: 'string', default: '.state/chaos' },
    mutants: { type: 'boolean', default: false },
    outage: { type: 'boolean', default: false },
    database: { type: 'string', default: 'payment' },
    shrink: { type: 'boolean', default: false },
    runs: { type: 'string', default: '40' },
    only: { type: 'string' },
  },
});

const exitCodeOf = ({ verdict, rest }: Pick<RunResult, 'verdict' | 'rest'>): number => {
  if (!rest.isQuiet) return exitCodes.stuck;
  return verdict.violations.length > 0 ? exitCodes.violated : exitCodes.passed;
};

function planOf(): Plan {
  if (values.plan === undefined) return makePlan({ seed: Number(values.seed), minutes: Number(values.minutes) });
  const read = JSON.parse(readFileSync(values.plan, 'utf8')) as Plan | { readonly plan: Plan };
  return 'plan' in read ? read.plan : read;
}

async function once(): Promise<number> {
  const plan = planOf();
  const result = await run(plan, { say });
  mkdirSync(values.report, { recursive: true });
  writeFileSync(`${values.report}/report.json`, JSON.stringify(reportOf(result), null, 2));
  say(textOf(result));
  say(`repro        npm run chaos -- ${values.plan === undefined ? `--seed ${plan.seed} --minutes ${values.minutes}` : `--plan ${values.plan}`}     (report.json in ${values.report})`);
  return exitCodeOf(result);
}

/** Makes a failing plan as small as it stays failing in the same way: the same invariant, or stuck again. */
async function shrunk(): Promise<number> {
  const plan = planOf();
  const signsOf = ({ verdict, rest }: RunResult): string[] => [...new Set(verdict.violations.map(({ invariant }): string => invariant)), ...(rest.isQuiet ? [] : ['stuck'])];
  const sought = signsOf(await run(plan, { say }));
  if (sought.length === 0) {
    say('The plan did not fail this time; there is nothing to shrink.');
    return exitCodes.passed;
  }
  say(`failing with ${sought.join(', ')}; looking for the smallest plan that still does`);
  const smallest = await shrink(plan, async (candidate) => {
    const signs = signsOf(await run(candidate));
    const fails = sought.some((sign) => signs.includes(sign));
    say(`  ${candidate.faults.length} faults, ${candidate.sales.length} sales: ${fails ? `still ${signs.join(', ')}` : 'passes'}`);
    return fails;
  }, Number(values.runs));
  mkdirSync(values.report, { recursive: true });
  writeFileSync(`${values.report}/smallest.json`, JSON.stringify(smallest, null, 2));
  say([`${smallest.sales.length} sales and`, ...smallest.faults.map(tell), `repro        npm run chaos -- --plan ${values.report}/smallest.json`].join('\n'));
  return exitCodes.violated;
}

async function mutants(): Promise<number> {
  const { caught, survived } = await huntMutants(say, values.only);
  say(`mutants      ${caught.length}/${caught.length + survived.length} caught`);
  return survived.length === 0 ? exitCodes.passed : exitCodes.violated;
}

/** A long outage of one participant's database, with sales going on. `--minutes` is how long it lasts. */
async function outage(): Promise<number> {
  const outageMs = Number(values.minutes) * 60_000;
  const database = participants.find((name) => name === values.database);
  if (!database) throw new Error(`--database is one of ${participants.join(', ')}`);
  const result = await liveThroughOutage({
    seed: Number(values.seed), database, outageMs, warmUpMs: 20_000, healthyMs: 60_000, recoveryMs: Math.min(240_000, Math.max(20_000, outageMs / 2)), salesPerSecond: 4, outage: 'black-hole', stuckAfterMs: 120_000,
  });
  const failures = [...failuresOf(result), ...slownessOf(result)];
  say(tellOutage(result));
  say(failures.length === 0 ? 'PASS' : failures.map((failure) => `FAILED: ${failure}`).join('\n'));
  return failures.length === 0 ? exitCodes.passed : result.rest.isQuiet ? exitCodes.violated : exitCodes.stuck;
}

exitOnSignals();
try {
  process.exitCode = await (values.mutants ? mutants() : values.outage ? outage() : values.shrink ? shrunk() : once());
} catch (error) {
  process.stderr.write(`The harness broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = exitCodes.broken;
}
