import { setTimeout as sleep } from 'node:timers/promises';
import type { Transition } from '@checkout/resilience';
import { Database } from './database.ts';
import { startScriptedServer } from './testing/scripted-server.ts';

export interface BreakerFigures {
  /** From the server's falling silent to the opening of the breaker. */
  readonly timeToOpenMs: number;
  /** Statements that were sent into the silence. */
  readonly stuckCalls: number;
  /** Statements that were sent while it was open, by a thousand calls; the prober's are not among them. */
  readonly reachedWhileOpen: number;
  /** How long a refusal takes while it is open: of a thousand, one after the other. */
  readonly refusalMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** From the server's coming back to calls passing again. */
  readonly timeToCloseMs: number;
}

/**
 * An outage from beginning to end, with the real driver: a server that takes connections and falls silent under `callsPerSecond`, and is well again
 * after `outageMs`. With the product's own budgets.
 */
export async function measureBreaker({ callsPerSecond = 200, outageMs = 3_000 } = {}): Promise<BreakerFigures> {
  let isSilent = false;
  await using server = await startScriptedServer(() => (isSilent ? 'silence' : 'one'));
  const transitions: (Transition & { readonly at: number })[] = [];
  await using database = Database.open({
    connectionString: server.connectionString, name: 'cart', lane: 'accept', onTransition: (transition) => transitions.push({ ...transition, at: performance.now() }),
  });
  const at = (state: Transition['to']): number | undefined => transitions.find(({ to }) => to === state)?.at;
  const call = (): void => void database.ready().catch(() => {});
  const untilReached = async (state: Transition['to'], withinMs: number): Promise<number> => {
    const limit = performance.now() + withinMs;
    while (at(state) === undefined && performance.now() < limit) {
      call();
      await sleep(1_000 / callsPerSecond);
    }
    return at(state) ?? Infinity;
  };

  for (let warm = 0; warm < callsPerSecond; warm += 1) {
    call();
    await sleep(1_000 / callsPerSecond);
  }
  // A machine with much else to do may have taken the first connections for an outage.
  while (database.state !== 'closed') await sleep(50);
  transitions.length = 0;
  const reachedBefore = server.statements.length;
  isSilent = true;
  const silentAt = performance.now();
  const openedAt = await untilReached('open', 10_000);
  const reachedSince = (count: number): number => server.statements.slice(count).filter((statement) => !statement.includes('breaker_probe')).length;
  const stuckCalls = reachedSince(reachedBefore);
  const reachedAtOpening = server.statements.length;

  const refusals: number[] = [];
  for (let count = 0; count < 1_000; count += 1) {
    const startedAt = performance.now();
    await database.ready().catch(() => {});
    refusals.push(performance.now() - startedAt);
  }
  const reachedWhileOpen = reachedSince(reachedAtOpening);
  await sleep(Math.max(0, outageMs - (performance.now() - silentAt)));
  isSilent = false;
  const backAt = performance.now();
  const closedAt = await untilReached('ramping', 60_000);
  refusals.sort((a, b) => a - b);
  return {
    timeToOpenMs: Math.round(openedAt - silentAt), stuckCalls, reachedWhileOpen,
    refusalMs: { p50: refusals[500] ?? NaN, p99: refusals[990] ?? NaN, max: refusals.at(-1) ?? NaN }, timeToCloseMs: Math.round(closedAt - backAt),
  };
}

/** A shop so quiet that no rate says anything: how many calls until it opens, one after the other, of a server that resets each. */
export async function callsToOpen(): Promise<number> {
  await using server = await startScriptedServer((statement) => (statement.includes('breaker_probe') ? 'one' : 'hang-up'));
  await using database = Database.open({ connectionString: server.connectionString, name: 'cart', lane: 'accept' });
  let calls = 0;
  for (; database.state === 'closed' && calls < 100; calls += 1) await database.ready().catch(() => {});
  return calls;
}

async function print(): Promise<void> {
  const rounds: BreakerFigures[] = [];
  for (let round = 0; round < 5; round += 1) rounds.push(await measureBreaker());
  process.stdout.write(`${JSON.stringify({ rounds, callsToOpen: await callsToOpen() }, undefined, 2)}\n`);
}

if (import.meta.filename === process.argv[1]) void print();
