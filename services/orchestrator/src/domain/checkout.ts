import type { http } from '@checkout/contracts';
import type { SaleId, StoreId, TenantId } from '@checkout/kernel';
import type { Decision, Instance } from '@checkout/saga';
import type { Start } from './start-message.ts';

/** One checkout as it is kept. */
export interface Checkout {
  readonly tenantId: TenantId;
  readonly storeId: StoreId;
  readonly saleId: SaleId;
  /** Tells a repeat of the request from another request under the same command. */
  readonly bodyHash: string;
  /** Absent once the checkout has ended: nothing is sent any more, and card tokens do not outlive the sale. */
  readonly start?: Start;
  readonly instance: Instance;
  /** Which declaration of the saga it began with, and ends by. */
  readonly sagaVersion: number;
  /** Counts transitions, and guards each against a second writer. */
  readonly version: number;
  /** How many entries its time line has. */
  readonly entryCount: number;
  /** The trace that it began in; timers go on with it. */
  readonly traceparent?: string;
  /** Milliseconds since 1970; absent when nothing is awaited. */
  readonly wakeAt?: number;
}

/** One transition, to be written whole. Without `before` it is the first. */
export interface Change {
  readonly before?: Checkout;
  readonly after: Checkout;
  readonly entries: readonly http.TimelineEntry[];
  readonly at: number;
}

export const isOver = ({ phase }: Pick<Instance, 'phase'>): boolean => phase === 'completed' || phase === 'cancelled';

/** The first transition of a new checkout. */
export function started(start: Start, sagaVersion: number, bodyHash: string, traceparent: string | undefined, decision: Decision, now: number): Change {
  const { tenantId, storeId, saleId } = start;
  const newborn = { tenantId, storeId, saleId, bodyHash, start, sagaVersion, version: 0, entryCount: 0 };
  return transition(traceparent === undefined ? newborn : { ...newborn, traceparent }, decision, now);
}

/** What the saga decided, as the next state of its checkout. Nothing when it decided that nothing happens. */
export function continued(before: Checkout, decision: Decision, now: number): Change | undefined {
  if (decision.instance === before.instance) return undefined;
  return { before, ...transition(before, decision, now) };
}

function transition(before: Omit<Checkout, 'instance'>, { instance, happenings, wakeAfter }: Decision, now: number): Change {
  const { tenantId, storeId, saleId, bodyHash, start, sagaVersion, traceparent } = before;
  const at = new Date(now).toISOString();
  const entries = happenings.map((happening, index): http.TimelineEntry => ({ sequence: before.entryCount + index + 1, at, ...happening }));
  const after: Checkout = {
    tenantId, storeId, saleId, bodyHash, sagaVersion, instance,
    version: before.version + 1,
    entryCount: before.entryCount + entries.length,
    ...(start && !isOver(instance) && { start }),
    ...(traceparent !== undefined && { traceparent }),
    ...(wakeAfter !== undefined && { wakeAt: now + wakeAfter }),
  };
  return { after, entries, at: now };
}
