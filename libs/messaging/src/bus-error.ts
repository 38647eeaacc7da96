import { isServiceBusError } from '@azure/service-bus';
import { DeadlineExceeded } from '@checkout/resilience';

/** What the SDK's error is about: after a retry it comes as an AggregateError without a code, of which the last one speaks. */
export function causeOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? causeOf(error.errors.at(-1)) : error;
}

/** Nothing is wrong with what was asked for: the bus is away or busy, and will take it later. */
export function isBusAway(error: unknown): boolean {
  const cause = causeOf(error);
  if (cause instanceof DeadlineExceeded || (cause instanceof Error && cause.name === 'ConnectionLost')) return true;
  return isServiceBusError(cause) && cause.retryable;
}

/** The entity is full, switched off or gone: it takes no message, whatever the message is, until somebody does something about it. */
export function isEntityShut(error: unknown): boolean {
  const cause = causeOf(error);
  return isServiceBusError(cause) && ['QuotaExceeded', 'MessagingEntityDisabled', 'MessagingEntityNotFound'].includes(cause.code);
}

/**
 * The connection was lost, rather than something refused. The SDK opens another for what is asked next, but leaves what was under way hanging until
 * its time is over, and tells of the loss in whatever words the place had that noticed: a broken pipe, a missing `$cbs` link, a lost session.
 */
export function isConnectionLost(error: unknown): boolean {
  const cause = causeOf(error);
  if (!(cause instanceof Error) || cause.name === 'AbortError') return false;
  if (/AMQP connection|CBS link|ECONNRESET|EPIPE|socket hang up|connection:forced/i.test(cause.message)) return true;
  return isServiceBusError(cause) && cause.code === 'ServiceCommunicationProblem';
}

/** In one line, for people. */
export function describe(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error ? `${cause.name}: ${cause.message}`.slice(0, 300) : String(cause).slice(0, 300);
}
