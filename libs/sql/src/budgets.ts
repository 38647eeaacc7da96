import type { BreakerPolicy } from '@checkout/resilience';

/** `accept`: a till waits. `work`: message handlers. `read`: status and reports. Each has its own pool, so that a report cannot starve a till. */
export type Lane = 'accept' | 'work' | 'read';

/** What the driver may take; times in ms. Together they stay just below the call's own deadline, so that the driver's better evidence comes first. */
export interface DriverBudget {
  readonly connections: number;
  /** To the first byte of the answer only; the call's deadline covers the rest. */
  readonly requestMs: number;
  /** How long the server may take to confirm a cancellation before the connection is cut. */
  readonly cancelMs: number;
  readonly connectMs: number;
  readonly acquireMs: number;
}

export interface LaneBudget {
  readonly driver: DriverBudget;
  readonly breaker: Partial<BreakerPolicy>;
}

/**
 * The bulkhead is as wide as the pool, so nobody ever waits inside the pool. `work` may queue longer than `accept`: its callers are message
 * handlers with a lock of a minute, and after an outage they all wait for a ramp that starts at one.
 */
export const budgets: Readonly<Record<Lane, LaneBudget>> = {
  accept: {
    driver: { connections: 8, requestMs: 380, cancelMs: 150, connectMs: 5_000, acquireMs: 400 },
    breaker: { deadlineMs: 550, concurrency: 8, queue: 16, queueWaitMs: 150 },
  },
  work: {
    driver: { connections: 8, requestMs: 2_000, cancelMs: 500, connectMs: 5_000, acquireMs: 600 },
    breaker: { deadlineMs: 3_000, concurrency: 8, queue: 64, queueWaitMs: 2_000 },
  },
  read: {
    driver: { connections: 4, requestMs: 1_500, cancelMs: 300, connectMs: 5_000, acquireMs: 400 },
    breaker: { deadlineMs: 2_000, concurrency: 4, queue: 8, queueWaitMs: 150 },
  },
};

export const probeBudget: DriverBudget = { connections: 1, requestMs: 230, cancelMs: 150, connectMs: 3_000, acquireMs: 400 };

/** A migration may rebuild an index; it holds no breaker open meanwhile. */
export const migrationBudget: DriverBudget = { connections: 1, requestMs: 600_000, cancelMs: 5_000, connectMs: 15_000, acquireMs: 20_000 };
