import { isServiceBusError } from '@azure/service-bus';
import { DeadlineExceeded } from '@checkout/resilience';

/** What the SDK's error is about: after a retry it comes as an AggregateError without a code, of which the last one speaks. */
export function causeOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? causeOf(error.errors.at(-1)) : error;
}

/** Nothing is wrong with what was asked for: the bus is away or busy, and will take it later. */
export function isBusAway(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof DeadlineExceeded || (isServiceBusError(cause) && cause.retryable);
}
