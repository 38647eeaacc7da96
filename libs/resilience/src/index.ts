export * from './backoff.ts';
export * from './breaker.ts';
export { Bulkhead, type BulkheadLimits } from './bulkhead.ts';
export * from './deadline.ts';
export * from './errors.ts';
export type { ProbePolicy } from './prober.ts';
export * from './retry-budget.ts';
export * from './timing.ts';
export { Pace } from './pace.ts';
