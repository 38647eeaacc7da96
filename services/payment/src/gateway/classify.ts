import { unreachable } from '@checkout/kernel';
import { z } from 'zod';
import type { Outcome } from '../domain/answer.ts';
import type { Question } from '../domain/question.ts';
import type { Reply } from './http-client.ts';

/** What the provider says of one authorization. It may say more; what matters here is held to its form. */
export const Authorization = z.object({
  id: z.string().regex(/^[\x21-\x7e]{1,80}$/),
  status: z.enum(['authorized', 'declined', 'captured', 'voided']),
  declineCode: z.string().optional(),
  amountMinor: z.int(),
  currency: z.string(),
  reference: z.string(),
  merchantAccount: z.string().optional(),
  capturedMinor: z.int().optional(),
});
export type Authorization = z.output<typeof Authorization>;

const ByReference = z.object({ authorizations: z.array(Authorization) });
const Failure = z.object({ error: z.object({ code: z.string() }) });

/** What an answer about one authorization means for the question. Every status code has one treatment, and none is an exception. */
export function outcomeOf(question: Question, reply: Reply): Outcome {
  if (reply.status >= 200 && reply.status < 300) {
    const authorization = read(Authorization, reply.body);
    return authorization ? (meaningOf(question, authorization) ?? unknown('not-done')) : unknown('unreadable');
  }
  return failureOf(question, reply);
}

/** What a void by reference answered: every authorization under the reference is let go, and none can appear any more. */
export function barredOf(question: Question, reply: Reply): Outcome {
  if (reply.status !== 200) return failureOf(question, reply);
  const found = read(ByReference, reply.body);
  if (!found) return unknown('unreadable');
  const outcomes = found.authorizations.map((each) => meaningOf(question, each) ?? unknown('not-done'));
  return (
    outcomes.find(({ kind }) => kind !== 'done') ??
    { kind: 'done', providerId: found.authorizations.find(({ status }) => status === 'voided')?.id ?? null }
  );
}

/**
 * What the provider knows under the reference, when it was looked up before asking again; undefined when that settles nothing: it has
 * never heard of it, or has not done yet what it was asked.
 */
export function foundOf(question: Question, reply: Reply): Outcome | undefined {
  if (reply.status === 404) return undefined;
  if (reply.status === 429) return patience(reply);
  if (reply.status !== 200) return unknown(`status-${reply.status}`, reply);
  const found = read(ByReference, reply.body);
  if (!found) return unknown('unreadable');
  const alive = found.authorizations.filter(({ status }) => status === 'authorized' || status === 'captured');
  if (alive.length > 1) return { kind: 'contradicted', why: 'several authorizations under one reference' };
  const authorization = alive[0] ?? found.authorizations.at(-1);
  return authorization && meaningOf(question, authorization);
}

/** Undefined when the authorization is there, but what was asked has not happened to it. */
function meaningOf({ operation, reference, amountMinor, currency }: Question, authorization: Authorization): Outcome | undefined {
  const { id, status, declineCode } = authorization;
  const isOther = authorization.reference !== reference || authorization.amountMinor !== amountMinor || authorization.currency !== currency;
  // What is to be let go may be let go all the more when it is not what we asked for.
  if (isOther && operation !== 'void') return { kind: 'contradicted', why: 'another amount, currency or reference' };
  switch (operation) {
    case 'authorize':
      if (status === 'authorized') return { kind: 'done', providerId: id };
      return status === 'captured' ? { kind: 'contradicted', why: 'captured before we asked' } : declined(declineCode ?? status);
    case 'capture':
      if (status === 'authorized') return undefined;
      if (status !== 'captured') return declined(declineCode ?? status);
      return (authorization.capturedMinor ?? amountMinor) === amountMinor ? { kind: 'done', providerId: id } : { kind: 'contradicted', why: 'another amount captured' };
    case 'void':
      if (status === 'authorized') return undefined;
      return status === 'captured' ? { kind: 'contradicted', why: 'captured, so it cannot be voided' } : { kind: 'done', providerId: id };
    default:
      return unreachable(operation);
  }
}

/** Refusals that say "this will never work". */
const definite: ReadonlySet<number> = new Set([400, 402, 409, 422]);
/** 409 has two meanings; these codes say that it is the definite one. */
const definiteConflicts: ReadonlySet<string> = new Set(['not_authorized', 'already_captured', 'idempotency_key_reused']);

function failureOf({ operation, providerId }: Question, reply: Reply): Outcome {
  const code = failureCodeOf(reply);
  if (reply.status === 404 && providerId !== null) return { kind: 'contradicted', why: 'the authorization is not known' };
  if (reply.status === 429) return patience(reply);
  if (!definite.has(reply.status)) return unknown(`status-${reply.status}`, reply);
  // Somebody did what we ask for now, most likely we ourselves: how much was taken is asked by reference, and never told as a refusal.
  if (code === 'already_captured' && operation === 'capture') return unknown('already-captured', reply);
  // Without such a code, 409 says that the first request under this key is still being handled.
  if (reply.status === 409 && !(code !== undefined && definiteConflicts.has(code))) return unknown('in-progress', reply);
  if (code === 'idempotency_key_reused' || operation === 'void') return { kind: 'contradicted', why: code ?? `status-${reply.status}` };
  return declined(code ?? `status-${reply.status}`);
}

/** The code of a failure, where it says one. */
export const failureCodeOf = (reply: Pick<Reply, 'body'>): string | undefined => read(Failure, reply.body)?.error.code;

/** A code is shown at the till and kept; whatever else a provider may put there is not. */
export const declined = (code: string): Outcome => ({ kind: 'declined', declineCode: /^[\w.-]{1,60}$/.test(code) ? code : 'declined' });

export const unknown = (why: string, { retryAfterMs }: Pick<Reply, 'retryAfterMs'> = { retryAfterMs: undefined }): Outcome => ({
  kind: 'unknown',
  why,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

/** Turned away at the door, for now. */
export const patience = ({ retryAfterMs }: Pick<Reply, 'retryAfterMs'>): Outcome => ({ kind: 'not-asked', why: 'status-429', ...(retryAfterMs !== undefined && { retryAfterMs }) });

export function read<Schema extends z.ZodType>(schema: Schema, body: string): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined; // Not JSON: a proxy's page, or half an answer. Either way nobody knows what the provider did.
  }
}
