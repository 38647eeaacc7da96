import { ServiceBusClient } from '@azure/service-bus';
import { setTimeout as sleep } from 'node:timers/promises';
import { check, type Verdict } from './check/check.ts';
import type { Isolation } from './check/snapshot.ts';
import { Counter } from './counter.ts';
import { acceptanceBetween, breakerTimes, spreadOf, submissions, type BreakerTimes, type Spread } from './figures.ts';
import { Watch } from './incident/evidence.ts';
import { Lateness } from './lateness.ts';
import { Nemesis } from './nemesis.ts';
import { makeSales } from './plan/make-plan.ts';
import type { PlannedSale, PlannedTender, Plan, SqlOutage } from './plan/plan.ts';
import { comeToRest, type Rest } from './quiet.ts';
import { SreBot } from './sre-bot.ts';
import type { Command } from './till/history.ts';
import { takeSnapshot } from './world/take-snapshot.ts';
import { World } from './world/world.ts';

/** A service that every sale waits for. */
export const participants = ['payment', 'inventory', 'receipt'] as const;
export type Participant = (typeof participants)[number];

export interface OutageOptions {
  readonly seed: number;
  /** Whose database is out … */
  readonly database: Participant;
  /** … and for how long. */
  readonly outageMs: number;
  readonly healthyMs: number;
  /** Sold before anything is measured: a process that has just started is several times slower. */
  readonly warmUpMs: number;
  /** How long selling goes on after healing, so that the backlog drains against live sales. */
  readonly recoveryMs: number;
  readonly salesPerSecond: number;
  readonly outage: SqlOutage;
  readonly stuckAfterMs: number;
}

export interface OutageResult {
  readonly verdict: Verdict;
  readonly rest: Rest;
  readonly sales: number;
  readonly acceptedShare: number;
  readonly deadLetters: number;
  readonly highestDeliveryCount: number;
  readonly lost: number;
  readonly doubled: number;
  /** Sales that called for a person, if only for a moment. */
  readonly attention: number;
  readonly breakers: readonly BreakerTimes[];
  /** Sales under way when the database came back. */
  readonly backlog: number;
  /** From healing until no more were under way than usual; undefined when selling ended before that. */
  readonly drainMs: number | undefined;
  /** Sales ended in that time, by sales begun in it. */
  readonly drainRate: number | undefined;
  readonly acceptMs: { readonly healthy: Spread; readonly outage: Spread; readonly drain: Spread };
  /** From "pay" to the end of the sale, for those that began in each span: `drain` from healing on, `closed` from the closing of its breaker on. */
  readonly endToEndMs: { readonly healthy: Spread; readonly drain: Spread; readonly closed: Spread };
  /** How late the harness's own timers came: noise of the machine. */
  readonly latenessMs: { readonly healthy: Spread; readonly outage: Spread; readonly drain: Spread };
  readonly isolation: Isolation;
}

const peekEveryMs = 5_000;

/** Sales under way at any moment while all is well, in seconds' worth of arrivals. */
const usualSeconds = 3;

/** One database is out for a long time, and the shops go on selling all through it and after it. */
export async function liveThroughOutage(options: OutageOptions): Promise<OutageResult> {
  await using world = await World.open();
  const counter = await Counter.open(world, options.seed);
  const bot = new SreBot(world.network.serviceBusConnection);
  const watch = new Watch(world);
  const plan = planOf(options);
  const nemesis = new Nemesis(world, plan.faults);
  const sampler = new Sampler(world, nemesis, options.database);
  using lateness = new Lateness();
  const openedAt = Date.now();
  await counter.sell(plan, nemesis);
  const closedAt = Date.now();
  await sampler.close();
  await nemesis.finish();
  const rest = await comeToRest(world, { stuckAfterMs: options.stuckAfterMs, meanwhile: () => counter.tidy(bot) });
  await Promise.all(counter.tills.map((till) => till.look()));
  await counter.close();
  const [outage] = nemesis.executed;
  const beganAt = outage?.startedAt ?? openedAt;
  const healedAt = outage?.endedAt ?? closedAt;
  const acceptMs = (from: number, to: number) => spreadOf(acceptedBetween(counter.commands, from, to));
  const warmAt = openedAt + options.warmUpMs;
  const healthy = acceptMs(warmAt, beganAt);
  const during = acceptMs(beganAt, healedAt);
  const isolation: Isolation = { database: options.database, healthyP99Ms: healthy.p99, faultyP99Ms: during.p99, samples: Math.min(healthy.count, during.count) };
  const snapshot = await takeSnapshot(world, { commands: counter.commands, bot, rest, quietLimitMs: options.stuckAfterMs * 2, isolation, breakerEvents: watch.breakersBetween(openedAt, Date.now()) });
  await watch.close();
  const verdict = check(snapshot);

  const backlog = sampler.samples.find(({ at }) => at >= healedAt)?.underWay ?? 0;
  const drained = sampler.samples.find(({ at, underWay }) => at >= healedAt && underWay <= options.salesPerSecond * usualSeconds);
  const drainMs = drained && drained.at - healedAt;
  const drainEnd = drained?.at ?? closedAt;
  const begunMeanwhile = counter.commands.filter(({ attempts }) => attempts[0] && attempts[0].at >= healedAt && attempts[0].at < drainEnd).length;
  const endedMeanwhile = snapshot.cart.checkouts.filter(({ ended_at }) => ended_at && ended_at.getTime() >= healedAt && ended_at.getTime() < drainEnd).length;
  const endToEnd = (from: number, to: number) => spreadOf(snapshot.cart.checkouts
    .filter(({ accepted_at, ended_at }) => ended_at && accepted_at.getTime() >= from && accepted_at.getTime() < to).map(({ accepted_at, ended_at }) => (ended_at?.getTime() ?? 0) - accepted_at.getTime()));
  const breakers = breakerTimes(nemesis.executed, snapshot.breakerEvents);
  const shutAt = healedAt + Math.max(0, ...breakers.map(({ toCloseMs = 0 }) => toCloseMs));
  const count = (...ids: readonly string[]) => verdict.violations.filter(({ invariant }) => ids.includes(invariant)).length;
  return {
    verdict, rest, sales: counter.commands.length, acceptedShare: acceptanceBetween(counter.commands, beganAt, healedAt).share,
    deadLetters: snapshot.deadLetters.length, highestDeliveryCount: sampler.highestDeliveryCount, lost: count('I1'), doubled: count('I3', 'I4', 'I5'),
    attention: new Set(snapshot.orchestrator.timeline.filter(({ event }) => event === 'needs-attention').map(({ sale_id }) => sale_id)).size,
    breakers, backlog, drainMs, drainRate: drainMs === undefined || begunMeanwhile === 0 ? undefined : Math.round((endedMeanwhile / begunMeanwhile) * 10) / 10,
    acceptMs: { healthy, outage: during, drain: acceptMs(healedAt, drainEnd) },
    endToEndMs: { healthy: endToEnd(warmAt, beganAt - 2_000), drain: endToEnd(healedAt, drainEnd), closed: endToEnd(shutAt, drainEnd) },
    latenessMs: { healthy: lateness.between(warmAt, beganAt), outage: lateness.between(beganAt, healedAt), drain: lateness.between(healedAt, drainEnd) },
    isolation,
  };
}

const acceptedBetween = (commands: readonly Command[], from: number, to: number): number[] =>
  submissions(commands).filter(({ type, at }) => type === 'ok' && at >= from && at < to).map(({ tookMs }) => tookMs);

/** Cards for which the provider lets us wait: one in fifteen, so that they alone would decide what the p95 of a sale is. */
const slowCards: readonly string[] = ['tok_timeout', 'tok_drop', 'tok_error_once'];
const answeredAtOnce = (tender: PlannedTender): PlannedTender => (tender.type === 'card' && slowCards.includes(tender.cardToken) ? { ...tender, cardToken: 'tok_visa_4242' } : tender);

/** Plain customers at an even pace: what is measured is the outage, not the tills nor the provider. */
function planOf({ seed, outageMs, warmUpMs, healthyMs, recoveryMs, salesPerSecond, database, outage }: OutageOptions): Plan {
  const count = Math.round(((warmUpMs + healthyMs + outageMs + recoveryMs) / 1_000) * salesPerSecond);
  const afterMs = Math.round(1_000 / salesPerSecond);
  const sales = makeSales(seed, count, salesPerSecond).map((sale): PlannedSale => ({ ...sale, manner: 'plain', route: 'http', afterMs, tenders: sale.tenders.map(answeredAtOnce) }));
  return { version: 1, seed, sales, faults: [{ id: 'outage', after: Math.round(((warmUpMs + healthyMs) / 1_000) * salesPerSecond), kind: 'sql-outage', database, outage, forMs: outageMs }] };
}

/** Looks now and then at what is under way, and at how often waiting messages were delivered. Leaves the database alone that is out. */
class Sampler {
  readonly samples: { readonly at: number; readonly underWay: number }[] = [];
  highestDeliveryCount = 0;
  readonly #world: World;
  readonly #nemesis: Nemesis;
  readonly #participant: Participant;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(world: World, nemesis: Nemesis, participant: Participant) {
    this.#world = world;
    this.#nemesis = nemesis;
    this.#participant = participant;
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const client = new ServiceBusClient(this.#world.network.serviceBusConnection);
    const receivers = [`${this.#participant}-commands/${this.#participant}`, 'checkout-requests/orchestrator', 'checkout-replies/orchestrator'].map((path) => {
      const [topic = '', subscription = ''] = path.split('/');
      return client.createReceiver(topic, subscription);
    });
    let peekedAt = 0;
    while (!this.#isOver) {
      this.samples.push({ at: Date.now(), underWay: await this.#world.tables.count('orchestrator', "checkout_saga WHERE phase IN ('forward', 'backward')") });
      // A look at hundreds of messages is felt by the tills on a small machine, so it is a rare one; delivery counts do not fall.
      if (Date.now() - peekedAt > peekEveryMs) {
        for (const receiver of receivers) {
          const waiting = await receiver.peekMessages(250);
          this.highestDeliveryCount = Math.max(this.highestDeliveryCount, ...waiting.map(({ deliveryCount = 0 }) => deliveryCount));
        }
        peekedAt = Date.now();
      }
      // Often while it drains, seldom while nothing happens.
      await sleep(this.#nemesis.executed[0]?.endedAt === undefined ? 2_000 : 500);
    }
    await client.close();
  }
}

/** What a long outage must not do, as sentences about what it did. Empty when it held. */
export function failuresOf({ verdict, rest, acceptedShare, deadLetters, highestDeliveryCount, attention }: OutageResult): string[] {
  const wanted: readonly (readonly [boolean, string])[] = [
    [rest.isQuiet, `it did not come to rest: ${JSON.stringify(rest.backlog)}`],
    [verdict.violations.length === 0, verdict.violations.slice(0, 3).map(({ invariant, what }) => `${invariant}: ${what}`).join('; ')],
    [acceptedShare >= 0.999, `${(acceptedShare * 100).toFixed(2)} % accepted`],
    [deadLetters === 0, `${deadLetters} dead letters`],
    [highestDeliveryCount <= 2, `a message was delivered ${highestDeliveryCount} times`],
    [attention === 0, `${attention} sales called for a person, because of a database`],
  ];
  return wanted.flatMap(([holds, why]) => (holds ? [] : [why]));
}

/** A p95 of fewer sales is that of the few that began in the first two seconds, when the breaker lets calls pass one by one. */
const enoughSales = 300;

/** Whether the slow ones of a span are no slower than half as much again as before, as far as there were enough to say so. */
const isStillQuick = (span: Spread, before: Spread): boolean => span.count < enoughSales || span.p95 <= 1.5 * before.p95;

/** The speeds that are wanted after it: a figure of the machine as much as of the system, so they are judged apart. */
export function slownessOf({ drainRate, acceptMs, endToEndMs }: OutageResult): string[] {
  const wanted: readonly (readonly [boolean, string])[] = [
    [drainRate !== undefined && drainRate >= 3, `the backlog drained at ${drainRate ?? 'less than 1'} × the arrival rate, 3 × is wanted`],
    [isStillQuick(acceptMs.drain, acceptMs.healthy), `accepting took ${acceptMs.drain.p95} ms at p95 while it drained, and ${acceptMs.healthy.p95} ms before: more than 1.5 ×`],
    [isStillQuick(endToEndMs.closed, endToEndMs.healthy), `a sale that began while it drained ended after ${endToEndMs.closed.p95} ms at p95, and after ${endToEndMs.healthy.p95} ms before: more than 1.5 ×`],
  ];
  return wanted.flatMap(([holds, why]) => (holds ? [] : [why]));
}

export function tellOutage(result: OutageResult): string {
  const { sales, acceptedShare, deadLetters, highestDeliveryCount, attention, lost, doubled, breakers, backlog, drainMs, drainRate, acceptMs, endToEndMs, latenessMs, rest } = result;
  const row = (name: string, text: string): string => `${name.padEnd(16)} ${text}`;
  const ms = ({ count, p50, p95, p99 }: Spread): string => `p50 ${p50}  p95 ${p95}  p99 ${p99} ms (${count})`;
  return [
    row('sales', `${sales}; accepted during the outage ${(acceptedShare * 100).toFixed(2)} %`),
    row('lost, doubled', `${lost}, ${doubled}`),
    row('dead letters', `${deadLetters}; highest delivery count of a waiting message ${highestDeliveryCount}`),
    row('attention', `${attention} sales called for a person`),
    ...breakers.map(({ database, toOpenMs, toCloseMs }) => row('breaker', `${database}: open after ${toOpenMs ?? '?'} ms, closed ${toCloseMs ?? '?'} ms after healing`)),
    row('backlog', `${backlog} sales under way at healing; drained in ${drainMs ?? '?'} ms at ${drainRate ?? '?'} × the arrival rate`),
    row('accept', `healthy ${ms(acceptMs.healthy)}  outage ${ms(acceptMs.outage)}  drain ${ms(acceptMs.drain)}`),
    row('end to end', `healthy ${ms(endToEndMs.healthy)}  begun while draining ${ms(endToEndMs.drain)}  of these after it closed ${ms(endToEndMs.closed)}`),
    row('machine', `timers of the harness late by p95 ${latenessMs.healthy.p95} healthy, ${latenessMs.outage.p95} outage, ${latenessMs.drain.p95} ms drain`),
    row('rest', rest.isQuiet ? `quiet ${rest.tookMs} ms after the shops closed` : `STUCK ${JSON.stringify(rest.backlog)}`),
  ].join('\n');
}
