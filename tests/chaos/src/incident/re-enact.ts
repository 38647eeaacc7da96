import { Counter } from '../counter.ts';
import { Nemesis } from '../nemesis.ts';
import type { Fault, PlannedSale, Plan } from '../plan/plan.ts';
import { comeToRest, type Rest } from '../quiet.ts';
import { spreadOf } from '../figures.ts';
import { Random } from '../random.ts';
import { SreBot } from '../sre-bot.ts';
import { articles, priceOf, stores, tenantIds, tills } from '../world/shops.ts';
import type { SeenBreaker } from '../world/event-log.ts';
import { takeSnapshot } from '../world/take-snapshot.ts';
import type { World } from '../world/world.ts';
import { accountOf, type Account } from './account.ts';
import { diagnose, Watch, type Diagnosis } from './evidence.ts';
import { slowSteps } from './slow-steps.ts';
import type { Scene } from './scenes.ts';

export interface Entry {
  readonly at: number;
  readonly text: string;
}

export interface Retold {
  readonly scene: Scene;
  readonly beganAt: number;
  readonly healedAt: number;
  readonly entries: readonly Entry[];
  readonly diagnosis: Diagnosis | undefined;
  readonly account: Account;
  readonly rest: Rest;
  /** Empty when the morning was survived. */
  readonly failures: readonly string[];
}

export interface Pace {
  readonly salesPerSecond: number;
  readonly healthyMs: number;
  readonly outageMs: number;
  readonly afterMs: number;
}

export const morning: Pace = { salesPerSecond: 6, healthyMs: 5_000, outageMs: 12_000, afterMs: 4_000 };

/** The share of sales that must be accepted while any one dependency is down. */
const wantedShare = 0.999;

/** Plays one scene: the shops sell, something goes, the shops go on selling, it is healed, everything drains; then the account is drawn up. */
export async function reEnact(world: World, counter: Counter, bot: SreBot, scene: Scene, pace: Pace, seed: number, stuckAfterMs = 120_000): Promise<Retold> {
  const watch = new Watch(world);
  const plan = planOf(scene, pace, seed);
  const nemesis = new Nemesis(world, plan.faults);
  const openedAt = Date.now();
  await counter.sell(plan, nemesis);
  await nemesis.finish();
  const rest = await comeToRest(world, { stuckAfterMs, meanwhile: () => counter.tidy(bot) });
  const quietAt = Date.now();
  await Promise.all(counter.tills.map((till) => till.look()));
  const snapshot = await takeSnapshot(world, { commands: counter.commands, bot, rest, quietLimitMs: stuckAfterMs, breakerEvents: watch.breakersBetween(openedAt, quietAt) });
  await watch.close();

  const [executed] = nemesis.executed;
  const beganAt = executed?.startedAt ?? openedAt;
  const healedAt = executed?.endedAt ?? beganAt;
  const diagnosis = diagnose([...watch.between(beganAt, healedAt), ...slowSteps(snapshot, openedAt, beganAt, healedAt)].toSorted((a, b) => a.at - b.at));
  const account = accountOf(snapshot, beganAt, healedAt);
  const sold = (from: number, to: number): string => {
    const began = snapshot.commands.flatMap(({ attempts }) => attempts.slice(0, 1)).filter(({ at }) => at >= from && at < to);
    const { count, p50, p99 } = spreadOf(began.filter(({ type }) => type === 'ok').map(({ tookMs }) => tookMs));
    return `${began.length} sales offered, ${count} accepted at the first try (p50 ${p50} ms, p99 ${p99} ms)`;
  };
  const step = pace.outageMs / 3;
  const entries: Entry[] = [
    { at: openedAt, text: `shops are open: ${tenantIds.length} tenants, ${stores.length} stores, ${tills.length} tills` },
    { at: beganAt - 1, text: sold(openedAt, beganAt) },
    { at: beganAt, text: `** ${scene.happens}` },
    ...[1, 2, 3].map((third) => ({ at: beganAt + third * step - 1, text: sold(beganAt + (third - 1) * step, beganAt + third * step) })),
    ...ofThisScene(watch.breakersBetween(beganAt, quietAt)).map(({ at, dependency, state }) => ({ at, text: `breaker ${dependency} ${inWords(state)}` })),
    { at: healedAt, text: `** ${scene.isOver}` },
    { at: quietAt, text: rest.isQuiet ? 'everything has drained: nothing under way, every outbox empty, no breaker open' : `NOT QUIET: ${JSON.stringify(rest.backlog)}` },
  ];
  return { scene, beganAt, healedAt, entries: entries.toSorted((a, b) => a.at - b.at), diagnosis, account, rest, failures: failuresOf(scene, diagnosis, account, rest) };
}

/** A breaker ramps for some seconds more than a scene lasts: what became of one that the scene before had opened is not told again. */
function ofThisScene(changes: readonly SeenBreaker[]): SeenBreaker[] {
  const opened = new Set<string>();
  return changes.filter(({ dependency, state }) => (state === 'open' ? opened.add(dependency) : opened).has(dependency));
}

const inWords = (state: string): string => (state === 'ramping' ? 'lets calls through again, few at first' : state === 'open' ? 'opens' : `is ${state}`);

function failuresOf(scene: Scene, diagnosis: Diagnosis | undefined, account: Account, rest: Rest): string[] {
  const wanted: readonly (readonly [boolean, string])[] = [
    [rest.isQuiet, `it did not come to rest: ${JSON.stringify(rest.backlog)}`],
    [account.acceptedShare >= wantedShare, `${(account.acceptedShare * 100).toFixed(2)} % of the sales were accepted while the customer waited, ${wantedShare * 100} % are wanted`],
    [account.lost === 0, `${account.lost} sales lost`],
    [account.chargedTwice === 0, `${account.chargedTwice} sales with the wrong money`],
    [account.receiptGaps === 0, `${account.receiptGaps} faults in the receipt numbers`],
    [account.deadLetters === 0, `${account.deadLetters} dead letters`],
    [account.otherViolations.length === 0, account.otherViolations.slice(0, 3).join('; ')],
    [diagnosis !== undefined && scene.failingLayer.test(diagnosis.layer), `the failing layer was taken to be ${diagnosis?.layer ?? 'nothing'}`],
  ];
  return wanted.flatMap(([holds, why]) => (holds ? [] : [why]));
}

function planOf(scene: Scene, { salesPerSecond, healthyMs, outageMs, afterMs }: Pace, seed: number): Plan {
  const random = new Random(seed, `incident ${scene.name}`);
  const count = Math.round(((healthyMs + outageMs + afterMs) / 1_000) * salesPerSecond);
  const sales = Array.from({ length: count }, (_, index): PlannedSale => {
    const lines = [{ sku: random.pick(articles.slice(1)).sku, quantity: random.int(1, 3) }];
    const totalMinor = lines.reduce((sum, { sku, quantity }) => sum + priceOf(sku) * quantity, 0);
    const isCash = random.chance(0.2);
    return {
      index, lines, route: 'http', manner: 'plain', tillId: tills[index % tills.length]?.tillId ?? '', afterMs: Math.round(1_000 / salesPerSecond),
      tenders: [isCash ? { type: 'cash', amountMinor: totalMinor, tenderedMinor: totalMinor } : { type: 'card', amountMinor: totalMinor, cardToken: 'tok_visa_4242' }],
    };
  });
  const fault = { ...scene.outage, id: scene.name, after: Math.round((healthyMs / 1_000) * salesPerSecond) } as Fault;
  return { version: 1, seed, sales, faults: ['forMs' in fault ? { ...fault, forMs: outageMs } : fault] };
}
