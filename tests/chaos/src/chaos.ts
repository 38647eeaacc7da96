import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { huntMutants } from './mutants/run-mutants.ts';
import { makePlan } from './plan/make-plan.ts';
import type { Plan } from './plan/plan.ts';
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

async function mutants(): Promise<number> {
  const { caught, survived } = await huntMutants(say, values.only);
  say(`mutants      ${caught.length}/${caught.length + survived.length} caught`);
  return survived.length === 0 ? exitCodes.passed : exitCodes.violated;
}

try {
  process.exitCode = await (values.mutants ? mutants() : once());
} catch (error) {
  process.stderr.write(`The harness broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = exitCodes.broken;
}
