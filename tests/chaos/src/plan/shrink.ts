import type { Fault, Plan } from './plan.ts';

/** Whether a smaller plan still fails in the same way. */
export type Fails = (plan: Plan) => Promise<boolean>;

/**
 * The smallest plan that this finds which still fails: faults first, because they say what went wrong; then sales; then the faults that are
 * left are made simpler. Every plan that is tried is a whole run, so at most `maxRuns` are.
 */
export async function shrink(plan: Plan, fails: Fails, maxRuns = 60): Promise<Plan> {
  let runs = 0;
  const stillFails: Fails = async (candidate) => {
    runs += 1;
    return runs <= maxRuns && (await fails(candidate));
  };
  let smallest: Plan = { ...plan, faults: await minimized(plan.faults, (faults) => stillFails({ ...plan, faults })) };
  smallest = { ...smallest, sales: await minimized(smallest.sales, (sales) => stillFails({ ...smallest, sales, faults: closer(smallest.faults, plan.sales.length, sales.length) })) };
  smallest = { ...smallest, faults: closer(smallest.faults, plan.sales.length, smallest.sales.length) };
  for (const [index, fault] of smallest.faults.entries()) {
    const simpler = { ...smallest, faults: smallest.faults.with(index, simplerOf(fault)) };
    if (simplerOf(fault) !== fault && (await stillFails(simpler))) smallest = simpler;
  }
  return smallest;
}

/**
 * Delta debugging (Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input, 2002): leaves out ever smaller parts for as long as
 * what remains still fails. No single part of the result can be left out.
 */
export async function minimized<T>(all: readonly T[], fails: (rest: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  let rest = all;
  for (let parts = 2; rest.length > 0; ) {
    const size = Math.ceil(rest.length / parts);
    let smaller: readonly T[] | undefined;
    for (let from = 0; from < rest.length && smaller === undefined; from += size) {
      const without = [...rest.slice(0, from), ...rest.slice(from + size)];
      if (await fails(without)) smaller = without;
    }
    if (smaller) {
      rest = smaller;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) {
      return rest;
    } else {
      parts = Math.min(rest.length, parts * 2);
    }
  }
  return rest;
}

/** Faults keep their place in the run when it gets shorter. */
const closer = (faults: readonly Fault[], before: number, now: number): readonly Fault[] =>
  now >= before ? faults : faults.map((fault) => ({ ...fault, after: Math.floor((fault.after * now) / Math.max(1, before)) }));

const shortMs = 1_500;

/** A shorter time, a single strike, one program instead of all. */
function simplerOf(fault: Fault): Fault {
  if ('forMs' in fault && fault.forMs > shortMs) return { ...fault, forMs: shortMs };
  if ('times' in fault && fault.times > 1) return { ...fault, times: 1 };
  return fault;
}
