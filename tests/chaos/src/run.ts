import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { check, type Verdict } from './check/check.ts';
import type { Snapshot } from './check/snapshot.ts';
import { Nemesis, type Executed } from './nemesis.ts';
import type { Plan } from './plan/plan.ts';
import { comeToRest, type Rest } from './quiet.ts';
import { SreBot } from './sre-bot.ts';
import { BusDoor } from './till/bus-door.ts';
import { FrontDoor } from './till/front-door.ts';
import { isAccepted, type Command } from './till/history.ts';
import { SimulatedTill } from './till/simulated-till.ts';
import { tills as places, type TillPlace } from './world/shops.ts';
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
  const counter = await openCounter(world, plan.seed);
  const bot = new SreBot(world.network.serviceBusConnection);
  const nemesis = new Nemesis(world, plan.faults);
  await bot.plantPoison({ tenantId: 'alder' });
  const startedAt = Date.now();
  say(`selling: ${plan.sales.length} sales, ${plan.faults.length} faults`);
  await sell(plan, counter, nemesis);
  await nemesis.finish();
  const workloadMs = Date.now() - startedAt;
  say('faults are over, everything is healed; waiting for quiet');

  await bot.replayOld(allCommands(counter).filter((command) => command.sale.route === 'bus' && isAccepted(command)).slice(0, 3));
  const rest = await comeToRest(world, { stuckAfterMs, meanwhile: () => meanwhile(counter, bot) });
  await Promise.all(counter.tills.map((till) => till.look()));
  await counter.busDoor.close();
  const snapshot = await takeSnapshot(world, { commands: allCommands(counter), bot, rest, quietLimitMs });
  return { plan, executed: nemesis.executed, verdict: check(snapshot), snapshot, rest, replayed: bot.replayed, lastLines: world.log.last(), workloadMs };
}

interface Counter {
  readonly tills: readonly SimulatedTill[];
  readonly busDoor: BusDoor;
}

const allCommands = ({ tills }: Counter): Command[] => tills.flatMap(({ commands }) => commands);

/** Signs every till in while all is well: a till has its token before the morning on which things go wrong. */
async function openCounter({ network, stateDirectory }: World, seed: number): Promise<Counter> {
  const busDoor = new BusDoor(network.serviceBusConnection);
  const open = async (place: TillPlace) => new SimulatedTill({
    place, busDoor, seed, frontDoor: await FrontDoor.signIn(network, place.tillId), journalFile: join(stateDirectory, `journal-${place.tillId}.ndjson`),
  });
  return { tills: await Promise.all(places.map(open)), busDoor };
}

/** One sale after the other is begun, at the plan's pace; a slow answer holds up nobody else. */
async function sell({ sales }: Plan, { tills }: Counter, nemesis: Nemesis): Promise<void> {
  const open = new Set<Promise<void>>();
  let isOver = false;
  const forwarding = (async () => {
    while (!isOver) {
      await sleep(1_000);
      for (const till of tills) await till.forward();
    }
  })();
  for (const [begun, sale] of sales.entries()) {
    await sleep(sale.afterMs);
    nemesis.begun(begun);
    const till = tills.find(({ place }) => place.tillId === sale.tillId);
    const selling = till?.sell(sale).finally(() => open.delete(selling as Promise<void>));
    if (selling) open.add(selling);
  }
  nemesis.begun(Infinity);
  await Promise.all(open);
  isOver = true;
  await forwarding;
}

async function meanwhile({ tills }: Counter, bot: SreBot): Promise<number> {
  const isDone = await Promise.all(tills.map((till) => till.forward()));
  await bot.sweep();
  return isDone.filter((each) => !each).length;
}
