import { serviceNames, type ServiceName } from '@checkout/local-network';
import { Random } from '../random.ts';
import { articles, priceOf, tills } from '../world/shops.ts';
import { returnsOf } from './make-returns.ts';
import { busStrikes, providerOperations, providerStrikes, sqlOutages, sqlStrikes, type Fault, type Manner, type PlannedSale, type PlannedTender, type Plan, type ProviderStrike } from './plan.ts';

export interface PlanSize {
  readonly seed: number;
  readonly minutes: number;
  readonly salesPerSecond?: number;
}

/** Two busy stores' worth: enough that every fault hits work in flight, little enough for two cores. */
const defaultSalesPerSecond = 6;

/** The same seed and size always make the same plan. */
export function makePlan({ seed, minutes, salesPerSecond = defaultSalesPerSecond }: PlanSize): Plan {
  const count = Math.max(1, Math.round(minutes * 60 * salesPerSecond));
  return { version: 1, seed, sales: makeSales(seed, count, salesPerSecond), faults: makeFaults(seed, count, salesPerSecond) };
}

export function makeSales(seed: number, count: number, salesPerSecond = defaultSalesPerSecond): PlannedSale[] {
  const random = new Random(seed, 'workload');
  const returns = new Random(seed, 'returns');
  return Array.from({ length: count }, (_, index) => {
    const lines = linesOf(random);
    const totalMinor = lines.reduce((sum, { sku, quantity }) => sum + priceOf(sku) * quantity, 0);
    const route = random.chance(0.08) ? 'bus' : 'http';
    const comesBack = returnsOf(lines, returns);
    return {
      index,
      tillId: random.pick(tills).tillId,
      lines,
      tenders: tendersOf(totalMinor, random),
      route,
      manner: mannerOf(random, route),
      afterMs: Math.round((-Math.log(1 - random.next()) * 1_000) / salesPerSecond),
      ...(comesBack.length > 0 && { comesBack }),
    };
  });
}

function linesOf(random: Random): PlannedSale['lines'] {
  const hot = articles[0];
  const chosen = new Set<string>(hot && random.chance(0.03) ? [hot.sku] : []);
  const wanted = random.chance(0.02) ? articles.length - 1 : random.int(1, 4);
  while (chosen.size < wanted) chosen.add(random.pick(articles.slice(1)).sku);
  return [...chosen].map((sku) => ({ sku, quantity: random.int(1, 3) }));
}

/** Mostly plain cards; the provider's sentinels cover timeouts, resets, errors, declines and repeats. */
function tendersOf(totalMinor: number, random: Random): PlannedTender[] {
  const kind = random.weighted({ card: 66, cash: 12, split: 8, declined: 5, silent: 3, dropped: 2, failing: 2, twice: 1, refused: 1 });
  const card = (amountMinor: number, cardToken = 'tok_visa_4242'): PlannedTender => ({ type: 'card', amountMinor, cardToken });
  switch (kind) {
    case 'card': return [card(totalMinor)];
    case 'cash': return [{ type: 'cash', amountMinor: totalMinor, tenderedMinor: totalMinor + random.int(0, 500) }];
    case 'split': {
      const first = random.int(1, totalMinor - 1);
      return [card(first), card(totalMinor - first, random.chance(0.2) ? 'tok_declined' : 'tok_visa_1881')];
    }
    case 'declined': return [card(totalMinor, 'tok_declined')];
    case 'silent': return [card(totalMinor, 'tok_timeout')];
    case 'dropped': return [card(totalMinor, 'tok_drop')];
    case 'failing': return [card(totalMinor, 'tok_error_once')];
    case 'twice': return [card(totalMinor, 'tok_twice')];
    case 'refused': return [card(totalMinor, 'tok_capture_declined')];
  }
}

const mannerOf = (random: Random, route: PlannedSale['route']): Manner => {
  const manner = random.weighted<Manner>({ plain: 74, twice: 10, restart: 5, 'other-body': 2, offline: 4, 'gives-up': 4, 'card-number': 1 });
  return route === 'bus' && manner !== 'twice' ? 'plain' : manner;
};

/** What a window of a run can hold, and how often. */
const kinds = { 'sql-outage': 24, 'sql-strike': 24, 'bus-strike': 22, 'bus-black-hole': 4, 'provider-strike': 12, kill: 14, pause: 6, slow: 4, deploy: 6 } as const;
type Kind = keyof typeof kinds;

/**
 * Windows of some seconds one after the other, a fifth of them quiet: some bugs need a healthy time to show. Every run uses only some kinds of
 * fault (swarm testing): few kinds find what a mixture hides. A deployment, a pause and a lost reply to a commit are in every run.
 */
export function makeFaults(seed: number, sales: number, salesPerSecond: number): Fault[] {
  const random = new Random(seed, 'faults');
  const enabled = Object.fromEntries(Object.entries(kinds).filter(() => random.chance(0.65))) as Partial<Record<Kind, number>>;
  const weights = Object.keys(enabled).length > 0 ? (enabled as Record<Kind, number>) : kinds;
  const always: Kind[] = ['deploy', 'pause', 'sql-strike'];
  const faults: Fault[] = [];
  for (let after = Math.round(2 * salesPerSecond); after < sales * 0.9; after += Math.round(random.int(2, 8) * salesPerSecond)) {
    if (faults.length > always.length && random.chance(0.2)) continue;
    const together = Number(random.weighted({ 1: 6, 2: 3, 3: 1 }));
    for (let each = 0; each < together; each += 1) {
      const kind = always.shift() ?? random.weighted(weights);
      faults.push(faultOf(kind, `f${faults.length + 1}`, after, random));
    }
  }
  return faults;
}

const database = (random: Random): ServiceName => random.pick(serviceNames);

function faultOf(kind: Kind, id: string, after: number, random: Random): Fault {
  const at = { id, after };
  switch (kind) {
    case 'sql-outage': return { ...at, kind, database: database(random), outage: random.pick(sqlOutages), forMs: random.int(1_500, 9_000) };
    case 'sql-strike': return { ...at, kind, database: database(random), strike: random.pick(sqlStrikes), nth: random.int(1, 12), times: random.int(1, 3) };
    case 'bus-strike': return { ...at, kind, strike: random.pick(busStrikes), times: random.int(1, 4) };
    case 'provider-strike': return { ...at, kind, strike: random.pick(Object.keys(providerStrikes) as ProviderStrike[]), on: random.pick(providerOperations), times: random.int(1, 3) };
    case 'bus-black-hole': return { ...at, kind, forMs: random.int(2_000, 8_000) };
    case 'kill': return { ...at, kind, programs: random.chance(0.1) ? [...serviceNames] : [random.pick([...serviceNames, 'provider', 'bus', 'sql'] as const)], forMs: random.int(0, 3_000) };
    case 'pause': return { ...at, kind, program: random.pick([...serviceNames, 'provider', 'bus', 'sql'] as const), forMs: random.int(1_000, 8_000) };
    case 'slow': return { ...at, kind, program: random.pick(['provider', 'bus', 'sql'] as const), forMs: random.int(3_000, 9_000) };
    case 'deploy': return { ...at, kind, service: database(random) };
  }
}
