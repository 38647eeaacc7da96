import { unreachable } from '@checkout/kernel';
import type { ServiceName } from '@checkout/local-network';
import type { Executed } from './nemesis.ts';
import type { Fault } from './plan/plan.ts';
import type { SeenBreaker } from './world/event-log.ts';
import type { Command } from './till/history.ts';

export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** Requests over the front door that were meant to be accepted. */
export const submissions = (commands: readonly Command[]) =>
  commands.filter(({ sale }) => sale.route === 'http').flatMap(({ attempts }) => attempts.filter(({ mustRefuse }) => mustRefuse === undefined));

export interface Acceptance {
  readonly sales: number;
  readonly accepted: number;
  /** Share of the sales that were offered online and that the till had accepted while the customer stood there. */
  readonly share: number;
}

/** How long a customer waits at the counter before the till keeps the sale for later. */
const customerWaitsMs = 10_000;

/** Of the sales begun in a span of time: how many were accepted while the customer waited. */
export function acceptanceBetween(commands: readonly Command[], from: number, to: number): Acceptance {
  const online = commands.filter(({ sale, attempts }) => sale.route === 'http' && sale.manner !== 'offline' && sale.manner !== 'card-number' && attempts[0] !== undefined && attempts[0].at >= from && attempts[0].at < to);
  const accepted = online.filter(({ attempts }) => attempts.some(({ type, mustRefuse, at, tookMs }) => type === 'ok' && mustRefuse === undefined && at + tookMs - (attempts[0]?.at ?? 0) <= customerWaitsMs));
  return { sales: online.length, accepted: accepted.length, share: online.length === 0 ? 1 : accepted.length / online.length };
}

export interface BreakerTimes {
  readonly database: string;
  readonly outage: string;
  /** From the first moment of the outage to the first breaker that opened; includes the wait for a first call. Undefined when none did. */
  readonly toOpenMs?: number;
  /**
   * From healing to the first call that was let through again: a breaker that is ramping is closed, and careful. Undefined when the next fault hit the
   * same database, its server or its service before: what is measured then is two faults.
   */
  readonly toCloseMs?: number;
}

/** What the breakers told the operators about each outage of a database. */
export function breakerTimes(executed: readonly Executed[], told: readonly SeenBreaker[]): BreakerTimes[] {
  return executed.flatMap(({ fault, startedAt, endedAt = startedAt }) => {
    if (fault.kind !== 'sql-outage') return [];
    const own = told.filter(({ service, at }) => service === fault.database && at >= startedAt - 50);
    const opened = own.find(({ state, at }) => state === 'open' && at <= endedAt);
    const closed = opened && own.find(({ state, at }) => (state === 'closed' || state === 'ramping') && at >= endedAt - 50);
    const isStruckAgain = executed.some((other) => other.fault !== fault && hits(other.fault, fault.database) && (other.endedAt ?? other.startedAt) > endedAt && other.startedAt < (closed?.at ?? Infinity));
    return [{ database: fault.database, outage: fault.outage, ...(opened && { toOpenMs: opened.at - startedAt }), ...(closed && !isStruckAgain && { toCloseMs: closed.at - endedAt }) }];
  });
}

/** Whether a fault can keep the breakers of a service open, or the service from telling of them. */
function hits(fault: Fault, service: ServiceName): boolean {
  switch (fault.kind) {
    case 'sql-outage': return fault.database === service;
    case 'kill': return fault.programs.includes(service) || fault.programs.includes('sql');
    case 'pause': case 'slow': return fault.program === service || fault.program === 'sql';
    case 'deploy': return fault.service === service;
    case 'sql-strike': case 'bus-strike': case 'bus-black-hole': case 'provider-strike': return false;
    default: return unreachable(fault);
  }
}
