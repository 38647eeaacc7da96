import { isCode, meaningOf, type http } from '@checkout/contracts';
import { z } from 'zod';
import type { Refusal } from '../journal/fact.ts';
import { CheckoutStatus } from './lenient.ts';

/** What this till reads of a problem document (RFC 9457). */
const ProblemDocument = z.object({
  code: z.string(),
  retryable: z.boolean(),
  outcome: z.enum(['not_accepted', 'accepted', 'unknown']),
  detail: z.string().optional(),
  traceId: z.string().optional(),
  retryAfterMs: z.number().optional(),
});

/** What an answer to a sale means for it. */
export type Told =
  | { readonly kind: 'status'; readonly status: http.CheckoutStatus }
  /** Final, and nothing was accepted. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The same again later. `isKnown`: certainly nothing was accepted; otherwise nobody can say. */
  | { readonly kind: 'later'; readonly isKnown: boolean; readonly retryAfterMs: number; readonly why: Refusal }
  | { readonly kind: 'signed-out' };

/** The codes of this till's own for answers that are none of the back end's. */
export const noAnswer: Told = { kind: 'later', isKnown: false, retryAfterMs: 0, why: { code: 'no-answer' } };

/** Reads an answer without trusting it: a proxy, a half-done deployment or a captive portal may have written it. */
export function toldBy(status: number, body: unknown): Told {
  if (status === 200 || status === 202) {
    const parsed = CheckoutStatus.safeParse(body);
    return parsed.success ? { kind: 'status', status: parsed.data } : wrong(status);
  }
  const problem = ProblemDocument.safeParse(body);
  if (!problem.success) return wrong(status);
  const { code, retryable, outcome, detail, traceId, retryAfterMs = 0 } = problem.data;
  if (isCode(code) && meaningOf(code).status === 401) return { kind: 'signed-out' };
  const refusal: Refusal = { code, ...(detail !== undefined && { detail }), ...(traceId !== undefined && { traceId }) };
  if (retryable || status >= 500) return { kind: 'later', isKnown: outcome === 'not_accepted', retryAfterMs, why: refusal };
  return { kind: 'refused', refusal };
}

const wrong = (status: number): Told => ({ kind: 'later', isKnown: false, retryAfterMs: 0, why: { code: 'wrong-answer', detail: `HTTP ${status}` } });

/** What became of a request that is no sale. */
export type Done<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly body: unknown }
  /** No answer that can be understood, or none now: it may have been done, and may be asked again under the same key. */
  | { readonly kind: 'later' };

export function doneBy<T>(status: number, body: unknown, schema: z.ZodType<T>): Done<T> {
  if (status === 200 || status === 201 || status === 202) {
    const parsed = schema.safeParse(body);
    return parsed.success ? { kind: 'done', value: parsed.data } : { kind: 'later' };
  }
  const problem = ProblemDocument.safeParse(body);
  if (!problem.success || problem.data.retryable || status >= 500 || status === 401) return { kind: 'later' };
  const { code, detail } = problem.data;
  return { kind: 'refused', refusal: { code, ...(detail !== undefined && { detail }) }, body };
}
