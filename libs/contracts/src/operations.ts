import { z } from 'zod';
import { event, type MessageOf } from './contract.ts';
import { Instant, Text } from './shapes.ts';

/** A circuit breaker changed its state: when, where and why, for the operator's desk. */
export const BreakerChanged = event('operations', 'operations.breaker-changed.v1', z.strictObject({
  service: Text(60),
  dependency: Text(120),
  state: z.enum(['closed', 'open', 'half-open']),
  cause: Text(400).optional(),
  at: Instant,
}));
export type BreakerChanged = MessageOf<typeof BreakerChanged>;
