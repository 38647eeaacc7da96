import { serviceNames } from '@checkout/local-network';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityCounts } from './check/snapshot.ts';
import { breakersOf, type World } from './world/world.ts';

/** Everything that is still under way, by what it is. All of it must go to nothing. */
export type Backlog = Readonly<Record<string, number>>;

export const totalOf = (backlog: Backlog): number => Object.values(backlog).reduce((sum, each) => sum + each, 0);

/** Unresolved sales, unsent messages, messages on the bus, dead letters, questions to the provider, breakers that are not closed. */
export async function backlogOf({ tables, network }: World): Promise<Backlog> {
  const [accepted, sagas, refundSagas, refunds, tenders, held, bus, breakers, ...outboxes] = await Promise.all([
    tables.count('cart', "checkout WHERE state = 'accepted'"),
    tables.count('orchestrator', "checkout_saga WHERE phase IN ('forward', 'backward')"),
    tables.count('orchestrator', "refund_saga WHERE phase IN ('forward', 'backward')"),
    tables.count('receipt', "refund WHERE state = 'accepted'"),
    tables.count('payment', "tender WHERE state IN ('pending', 'unknown')"),
    tables.count('inventory', "reservation WHERE state = 'held'"),
    busCounts(network.ports.bus),
    breakersOf(network),
    ...serviceNames.map((service) => tables.count(service, 'outbox')),
  ]);
  const subscriptions = Object.entries(bus).filter(([path]) => path.toLowerCase().includes('/subscriptions/'));
  return {
    'checkouts without an end': accepted,
    'sagas under way': sagas,
    'refunds under way': refundSagas + refunds,
    'tenders in doubt': tenders,
    'goods set aside': held,
    'messages on the bus': subscriptions.reduce((sum, [, { active, scheduled, deferred, locked }]) => sum + active + scheduled + deferred + locked, 0),
    'dead letters': subscriptions.reduce((sum, [, { deadLetter }]) => sum + deadLetter, 0),
    'chunks in outboxes': outboxes.reduce((sum, each) => sum + each, 0),
    'breakers not closed': [...breakers.values()].filter((state) => state !== 'closed' && state !== 'ramping').length,
  };
}

export async function busCounts(port: number): Promise<Readonly<Record<string, EntityCounts>>> {
  const answer = await fetch(`http://127.0.0.1:${port}/entities`, { signal: AbortSignal.timeout(10_000) });
  return (await answer.json()) as Record<string, EntityCounts>;
}

export interface Rest {
  readonly isQuiet: boolean;
  readonly tookMs: number;
  readonly backlog: Backlog;
  /** The backlog over time, for the drain rate: [ms since healing, total]. */
  readonly course: readonly (readonly [number, number])[];
}

export interface RestOptions {
  /** Work that has to be repeated while waiting: tills that forward, dead letters that are handled. @returns how much is left of it. */
  readonly meanwhile: () => Promise<number>;
  /** No progress for so long is stuck. */
  readonly stuckAfterMs: number;
}

/** A look that fails is one at which nothing is seen to be at rest: somebody may just be too busy to answer. */
async function lookAt(world: World, meanwhile: RestOptions['meanwhile']): Promise<Backlog> {
  try {
    const waiting = await meanwhile();
    return { ...(await backlogOf(world)), 'sales kept at tills': waiting };
  } catch (error) {
    return { [`a look that failed: ${String(error)}`]: Infinity };
  }
}

/** Waits until nothing is under way any more: twice in a row, because a message may be between two places at the moment of a look. */
export async function comeToRest(world: World, { meanwhile, stuckAfterMs }: RestOptions): Promise<Rest> {
  const startedAt = Date.now();
  const course: [number, number][] = [];
  let best = Infinity;
  let progressAt = Date.now();
  let quietLooks = 0;
  for (;;) {
    const backlog = await lookAt(world, meanwhile);
    const total = totalOf(backlog);
    course.push([Date.now() - startedAt, total]);
    quietLooks = total === 0 ? quietLooks + 1 : 0;
    if (quietLooks === 2) return { isQuiet: true, tookMs: Date.now() - startedAt, backlog, course };
    if (total < best) {
      best = total;
      progressAt = Date.now();
    }
    if (total > 0 && Date.now() - progressAt > stuckAfterMs) return { isQuiet: false, tookMs: Date.now() - startedAt, backlog, course };
    await sleep(400);
  }
}
