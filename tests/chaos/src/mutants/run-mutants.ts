import { join } from 'node:path';
import { run, type RunResult } from '../run.ts';
import { misfitOf, planOf, root, type Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';

const plant = join(root, 'tests/chaos/src/mutants/plant.mjs');

/** Sagas in doubt ask again after 5 s; a defect that leaves something undone for ever is told from one that is slow within this. */
const stuckAfterMs = 16_000;

const runWith = (mutant: Mutant, environment: Readonly<Record<string, string>>): Promise<RunResult> =>
  run(planOf(mutant), { stuckAfterMs, world: { environment, nodeOptions: ['--import', plant] } });

export interface Hunt {
  readonly caught: readonly string[];
  readonly survived: readonly string[];
}

/**
 * Runs every defect against the checker, each with the faults that bring it to light. A control run without a defect, with the workload and
 * the faults of all of them, comes first: what fails there would have "caught" anything.
 */
export async function huntMutants(say: (line: string) => void, only?: string): Promise<Hunt> {
  const chosen = mutants.filter(({ name }) => only === undefined || name.includes(only));
  const misfits = chosen.flatMap(({ name, edits }) => edits.flatMap((edit) => misfitOf(edit) ?? []).map((why) => `${name}: ${why}`));
  if (misfits.length > 0) throw new Error(`Some defects do not fit the code any more:\n${misfits.join('\n')}`);

  const control = await run(controlPlan(chosen), { stuckAfterMs: 90_000 });
  if (control.verdict.violations.length > 0 || !control.rest.isQuiet) throw new Error(`The control run, without any defect, failed: ${JSON.stringify(control.verdict.violations.slice(0, 5))} ${JSON.stringify(control.rest.backlog)}`);
  say(`control      ${control.plan.sales.length} sales, ${control.executed.length} faults, no defect: PASS`);

  const caught: string[] = [];
  const survived: string[] = [];
  for (const mutant of chosen) {
    const startedAt = Date.now();
    const { verdict, rest } = await runWith(mutant, { MUTANT: JSON.stringify(mutant.edits) });
    const found = [...new Set(verdict.violations.map(({ invariant }) => invariant))];
    const isCaught = mutant.caughtBy.some((id) => found.includes(id));
    (isCaught ? caught : survived).push(mutant.name);
    const first = verdict.violations.find(({ invariant }) => mutant.caughtBy.includes(invariant));
    say(`${isCaught ? 'caught      ' : 'SURVIVED    '} ${mutant.name} (${Math.round((Date.now() - startedAt) / 1_000)} s): ${found.join(' ') || 'nothing'}${rest.isQuiet ? '' : ', stuck'}`);
    if (first) say(`             ${first.what}`);
  }
  return { caught, survived };
}

/** One plan with everything in it, one after the other. */
function controlPlan(chosen: readonly Mutant[]) {
  const sales = chosen.flatMap((mutant) => mutant.sales).map((sale, index) => ({ ...sale, index }));
  let before = 0;
  const faults = chosen.flatMap((mutant, place) => {
    const own = mutant.faults.map((fault) => ({ ...fault, id: `m${place}`, after: fault.after + before }));
    before += mutant.sales.length;
    return own;
  });
  return { version: 1 as const, seed: 7, sales, faults };
}
