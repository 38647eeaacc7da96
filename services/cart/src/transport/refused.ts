import { Problem, retryAfterMsOf } from '@checkout/http';
import { SendUnknown } from '@checkout/messaging';
import { CommitUnknown } from '@checkout/sql';
import { DependencyUnavailable } from '@checkout/resilience';
import { Unaccepted } from '../domain/unaccepted.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';

export const problemOf = ({ code, detail, faults }: Refusal): Problem =>
  new Problem(code, { detail, ...(faults.length > 0 && { errors: faults.map((fault) => ({ ...fault, code })) }) });

/** No route took a checkout: what is down, whether anything may have come of it, when to come back. */
export function unacceptedProblem({ isKnown, message, why: [database, , bus], cause }: Unaccepted): Problem {
  const down = [database, bus].filter((error): error is DependencyUnavailable => error instanceof DependencyUnavailable);
  const soonest = new DependencyUnavailable('', Math.max(0, ...down.map(({ retryAfterMs }) => retryAfterMs)));
  return new Problem(isKnown ? 'dependency-unavailable' : 'accept-unknown', {
    detail: message,
    dependencies: [nameOf(database), ...(bus === undefined ? [] : [nameOf(bus)])],
    incidentId: down.find(({ incidentId }) => incidentId !== undefined)?.incidentId,
    retryAfterMs: retryAfterMsOf(soonest),
    cause,
  });
}

/** The breaker's name where it was the breaker that spoke; errors of a lost answer name what did not give it. */
function nameOf(error: unknown): string {
  if (error instanceof DependencyUnavailable) return error.dependency;
  if (error instanceof CommitUnknown) return error.database;
  if (error instanceof SendUnknown) return `service-bus/${error.topic}`;
  return 'cart/accept';
}

/**
 * The answer to an input, once it is durable; a refusal is thrown as a problem.
 * @throws Problem; accept-unknown when the commit's outcome could not be found out: the caller asks again under the same key.
 */
export async function answered<T extends object>(submitted: Promise<T | Refusal>): Promise<T> {
  const answer = await durable(submitted);
  if (isRefusal(answer)) throw problemOf(answer);
  return answer;
}

export async function durable<T>(submitted: Promise<T>): Promise<T> {
  try {
    return await submitted;
  } catch (error) {
    if (error instanceof CommitUnknown) throw new Problem('accept-unknown', { cause: error });
    throw error;
  }
}
