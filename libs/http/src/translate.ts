import { AuthError } from '@checkout/auth';
import { BulkheadFull, DeadlineExceeded, DependencyUnavailable } from '@checkout/resilience';
import { ZodError } from 'zod';
import { meaningOf, type Code } from '@checkout/contracts';
import { problemOf } from './field-errors.ts';
import { Problem } from './problem.ts';

/** Fastify's own refusals. https://fastify.dev/docs/latest/Reference/Errors/ */
const fastifyCodes: Readonly<Record<string, Code>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type-unsupported',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'body-truncated',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body-missing',
  FST_ERR_CTP_INVALID_JSON_BODY: 'json-invalid',
  FST_ERR_BAD_URL: 'not-found',
  FST_ERR_MAX_PARAM_LENGTH: 'uri-too-long',
  FST_ERR_ROUTE_METHOD_NOT_SUPPORTED: 'method-not-allowed',
  ECONNRESET: 'body-truncated',
};

/** What Nest itself throws carries only a status. */
const statusCodes: Readonly<Record<number, Code>> = {
  400: 'protocol-error', 401: 'auth-invalid', 403: 'scope-missing', 404: 'not-found', 405: 'method-not-allowed', 406: 'not-acceptable', 408: 'request-timeout',
  413: 'body-too-large', 414: 'uri-too-long', 415: 'media-type-unsupported', 422: 'schema-violation', 429: 'rate-limited', 503: 'overloaded',
};

/**
 * The problem that an error is to the caller. Whatever is not recognised is a defect: `internal`, with nothing of the error in it.
 */
export function translate(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof AuthError) return new Problem(error.code, { cause: error });
  if (error instanceof ZodError) return problemOf(error);
  if (error instanceof BulkheadFull) return new Problem('overloaded', { retryAfterMs: retryAfterMsOf(error), dependencies: [error.dependency], cause: error });
  if (error instanceof DependencyUnavailable) return new Problem('dependency-unavailable', { detail: `${error.dependency} does not answer.`, retryAfterMs: retryAfterMsOf(error), dependencies: [error.dependency], incidentId: error.incidentId, cause: error });
  // Whether the dependency did the work is not known, and neither do we pretend to.
  if (error instanceof DeadlineExceeded || isCommitUnknown(error)) return new Problem('accept-unknown', { cause: error });
  if (isHttpException(error)) return new Problem(statusCodes[error.getStatus()] ?? 'internal', { cause: error });
  const code = fastifyCodes[codeOf(error) ?? ''];
  return new Problem(code ?? 'internal', { cause: error });
}

/** Nobody comes back sooner than this. */
const soonestMs = 1_000;

/** When to come back: not before the dependency may be there again, and up to half as much later, so that a chain of shops does not knock in step. */
export const retryAfterMsOf = ({ retryAfterMs }: DependencyUnavailable): number => Math.max(retryAfterMs, soonestMs) * (1 + Math.random() / 2);

/** Whether the operator must see it: our own defects, never a caller's mistakes. */
export const isDefect = (problem: Problem): boolean => meaningOf(problem.code).status === 500;

/** Nest's, by its shape: the functions app translates errors too, and has no Nest. */
const isHttpException = (error: unknown): error is { getStatus(): number } => error instanceof Error && 'getStatus' in error && typeof error.getStatus === 'function';

/** By its name: the database is none of this library's business. */
const isCommitUnknown = (error: unknown): boolean => error instanceof Error && error.name === 'CommitUnknown';

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
