import { check, type Verdict } from './check/check.ts';
import type { Snapshot } from './check/snapshot.ts';
import { Counter } from './counter.ts';
import { Watch } from './incident/evidence.ts';
import { Nemesis, type Executed } from './nemesis.ts';
import type { Plan } from './plan/plan.ts';
import { comeToRest, type Rest } from './quiet.ts';
import { SreBot } from './sre-bot.ts';
import { isAccepted } from './till/history.ts';
import { takeSnapshot } from './world/take-snapshot.ts';
import { World, type WorldOptions } from './world/world.ts';

export interface RunOptions {
  readonly world?: WorldOptions;
  /** No progress for so long after everything was healed is stuck. A saga in doubt waits longer between two questions the longer it has waited. */
  readonly stuckAfterMs?: number;
  /** Within which the system must be quiet after healing (I16). */
  readonly quietLimitMs?: number;
  readonly say?: (line: string) => void;
}

export interface RunResult {
  readonly plan: Plan;
  readonly executed: readonly Executed[];
  readonly verdict: Verdict;
  readonly snapshot: Snapshot;
  readonly rest: Rest;
  readonly replayed: number;
  /** What the programs said last, for when something is wrong. */
  readonly lastLines: string;
  readonly workloadMs: number;
}

const defaultStuckAfterMs = 120_000;
const defaultQuietLimitMs = 180_000;

/** One run: sell by the plan while the plan's faults happen, stop the faults, heal, let everything come to rest, and check. */
export async function run(plan: Plan, options: RunOptions = {}): Promise<RunResult> {
  await using world = await World.open(options.world);
  return await runIn(world, plan, options);
}

export async function runIn(world: World, plan: Plan, { stuckAfterMs = defaultStuckAfterMs, quietLimitMs = defaultQuietLimitMs, say = () => {} }: RunOptions = {}): Promise<RunResult> {
  const counter = await Counter.open(world, plan.seed);
  const bot = new SreBot(world.network.serviceBusConnection);
  const nemesis = new Nemesis(world, plan.faults);
  const watch = new Watch(world);
  await bot.plantPoison({ tenantId: 'alder' });
  const startedAt = Date.now();
  say(`selling: ${plan.sales.length} sales, ${plan.faults.length} faults`);
  await counter.sell(plan, nemesis);
  await nemesis.finish();
  const workloadMs = Date.now() - startedAt;
  say('faults are over, everything is healed; waiting for quiet');

  await bot.replayOld(counter.commands.filter((command) => command.sale.route === 'bus' && isAccepted(command)).slice(0, 3));
  const rest = await comeToRest(world, { stuckAfterMs, meanwhile: () => counter.tidy(bot) });
  await Promise.all(counter.tills.map((till) => till.look()));
  await counter.close();
  await watch.close();
  const snapshot = await takeSnapshot(world, { commands: counter.commands, bot, rest, quietLimitMs, breakerEvents: watch.breakersBetween(startedAt, Date.now()) });
  return { plan, executed: nemesis.executed, verdict: check(snapshot), snapshot, rest, replayed: bot.replayed, lastLines: world.log.last(), workloadMs };
}
