import type { Fault } from '../plan/plan.ts';

/** What an outage is, before it has a number and a place in a plan. */
type Outage = Fault extends infer F ? F extends Fault ? Omit<F, 'id' | 'after'> : never : never;

/** One thing that goes wrong in the morning. */
export interface Scene {
  readonly name: string;
  /** What the re-enactment does, in words; the account below it has to find that out by itself. */
  readonly happens: string;
  readonly isOver: string;
  readonly outage: Outage;
  /** What the account must name as the failing layer. Compared after the account is written, and not used for writing it. */
  readonly failingLayer: RegExp;
}

const forMs = 12_000;

export const scenes: readonly Scene[] = [
  {
    name: 'payment-sql', happens: "payment's Azure SQL database fails over and does not come back (40613)", isOver: "payment's database is back",
    outage: { kind: 'sql-outage', database: 'payment', outage: 'failover', forMs }, failingLayer: /^database of payment/,
  },
  {
    name: 'bus', happens: 'Azure Service Bus is gone: connections are refused', isOver: 'Service Bus is back',
    outage: { kind: 'kill', programs: ['bus'], forMs }, failingLayer: /^Service Bus/,
  },
  {
    name: 'cart-sql', happens: "the tills' own database, cart's, fails over (40613)", isOver: "cart's database is back",
    outage: { kind: 'sql-outage', database: 'cart', outage: 'failover', forMs }, failingLayer: /^database of cart/,
  },
  {
    name: 'credentials', happens: "inventory's login is refused: somebody rotated the secret (18456)", isOver: 'the new secret is in place',
    outage: { kind: 'sql-outage', database: 'inventory', outage: 'credentials', forMs }, failingLayer: /^database of inventory/,
  },
  {
    name: 'slow-partner', happens: 'the payment partner takes seconds for every answer', isOver: 'the payment partner is quick again',
    outage: { kind: 'slow', program: 'provider', forMs }, failingLayer: /^payment provider/,
  },
];
