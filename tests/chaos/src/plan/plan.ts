import type { ProgramName, ServiceName } from '@checkout/local-network';

/**
 * Everything a run does, as data: the same plan does the same again. Faults are placed by events (the n-th sale begun, the n-th matching
 * statement), not by the clock, so that they hit the same place on a slow machine.
 */
export interface Plan {
  readonly version: 1;
  readonly seed: number;
  readonly sales: readonly PlannedSale[];
  readonly faults: readonly Fault[];
}

/** How the person and the till behave about one sale (fault matrix §3.5). */
export const manners = [
  'plain',
  /** Submitted twice at once. */
  'twice',
  /** The till restarts after sending and before the answer, and sends again what its journal has. */
  'restart',
  /** After the answer the same id comes with another basket. */
  'other-body',
  /** The till has no network for a while, then sends what it kept. */
  'offline',
  /** The till never asks again, whatever the answer was. */
  'gives-up',
  /** A card number where a token belongs. */
  'card-number',
] as const;
export type Manner = (typeof manners)[number];

export interface PlannedSale {
  /** Its place in the plan. Kept when a plan is shrunk. */
  readonly index: number;
  readonly tillId: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly tenders: readonly PlannedTender[];
  readonly route: 'http' | 'bus';
  readonly manner: Manner;
  /** Pause before it begins. */
  readonly afterMs: number;
  /** Refunds that are asked for once it is done, all at once, as by tills that do not know of each other. May be more than was sold. */
  readonly comesBack?: readonly PlannedReturn[];
}

/** One refund: pieces of one line of the receipt, counted from 1. */
export interface PlannedReturn {
  readonly line: number;
  readonly quantity: number;
  readonly goods: 'restock' | 'write-off';
  readonly moneyBack: 'original' | 'cash';
}

export type PlannedTender =
  | { readonly type: 'card'; readonly amountMinor: number; readonly cardToken: string }
  | { readonly type: 'cash'; readonly amountMinor: number; readonly tenderedMinor: number };

/** What one bus strike does; the stand-in's README says what its clients see. */
export const busStrikes = ['server-busy', 'quota-full', 'lose-send', 'lose-send-reply', 'expire-lock', 'lose-settlement', 'lose-settlement-reply', 'deliver-twice', 'reorder', 'drop-connection', 'detach'] as const;
export type BusStrike = (typeof busStrikes)[number];

export const sqlOutages = ['failover', 'throttled', 'credentials', 'read-only', 'black-hole', 'slow'] as const;
export type SqlOutage = (typeof sqlOutages)[number];

export const sqlStrikes = ['commit-reply-lost', 'commit-lost', 'connection-lost', 'reply-cut', 'deadlock'] as const;
export type SqlStrike = (typeof sqlStrikes)[number];

/** What the payment provider does with one request; its README says more. */
export const providerStrikes = {
  'done-reply-lost': { effect: 'done', reply: 'lost' },
  'done-and-never-told': { effect: 'done', reply: 'lost', webhook: 'never' },
  'never-arrived': { effect: 'never', reply: 'reset' },
  'done-late-webhook-first': { effect: 'done', reply: 'reset', webhook: 'first' },
  'brought-twice': { effect: 'twice' },
  'busy': { reply: 429, retryAfterSeconds: 1 },
  'failing': { reply: 500 },
} as const;
export type ProviderStrike = keyof typeof providerStrikes;
export const providerOperations = ['authorize', 'capture', 'void', 'refund'] as const;

/** One fault. `after` sales have begun when it starts. */
export type Fault = { readonly id: string; readonly after: number } & (
  | { readonly kind: 'sql-strike'; readonly database: ServiceName; readonly strike: SqlStrike; readonly nth: number; readonly times: number }
  | { readonly kind: 'sql-outage'; readonly database: ServiceName; readonly outage: SqlOutage; readonly forMs: number }
  | { readonly kind: 'bus-strike'; readonly strike: BusStrike; readonly entity?: string; readonly times: number }
  | { readonly kind: 'bus-black-hole'; readonly forMs: number }
  | { readonly kind: 'provider-strike'; readonly strike: ProviderStrike; readonly on: (typeof providerOperations)[number]; readonly times: number }
  | { readonly kind: 'kill'; readonly programs: readonly ProgramName[]; readonly forMs: number }
  | { readonly kind: 'pause'; readonly program: ProgramName; readonly forMs: number }
  /** Stands still most of the time, and answers in between: alive, and slow. */
  | { readonly kind: 'slow'; readonly program: ProgramName; readonly forMs: number }
  | { readonly kind: 'deploy'; readonly service: ServiceName }
);

/** A fault in words, for reports. */
export function tell(fault: Fault): string {
  const when = `after ${fault.after} sales`;
  switch (fault.kind) {
    case 'sql-strike': return `${when}: ${fault.database}'s database: ${fault.strike}, from match ${fault.nth}, ${fault.times} times`;
    case 'sql-outage': return `${when}: ${fault.database}'s database is out (${fault.outage}) for ${fault.forMs} ms`;
    case 'bus-strike': return `${when}: the bus: ${fault.strike} ${fault.entity ?? 'anywhere'}, ${fault.times} times`;
    case 'provider-strike': return `${when}: the payment provider: ${fault.on} ${fault.strike}, ${fault.times} times`;
    case 'bus-black-hole': return `${when}: the bus takes everything and answers nothing for ${fault.forMs} ms`;
    case 'kill': return `${when}: ${fault.programs.join(', ')} killed, back after ${fault.forMs} ms`;
    case 'pause': return `${when}: ${fault.program} stands still for ${fault.forMs} ms`;
    case 'slow': return `${when}: ${fault.program} answers slowly for ${fault.forMs} ms`;
    case 'deploy': return `${when}: ${fault.service} is deployed`;
  }
}
