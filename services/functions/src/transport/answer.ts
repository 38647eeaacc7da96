import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { isGranted, type Permission } from '@checkout/auth/plain';
import { languageOf } from '@checkout/contracts';
import { parseJsonBytes, Problem, problemMediaType, problemOf, translate } from '@checkout/http/plain';
import { newTraceparent, parseTraceparent, traceIdOf } from '@checkout/observability';
import type { z } from 'zod';
import type { Operator } from '../application/ports.ts';
import type { Desk } from '../desk.ts';
import { Refusal } from '../domain/refusal.ts';

export type Handler = (request: HttpRequest, operator: Operator) => Promise<unknown>;

const maxBodyBytes = 256 * 1024;

/** Wraps what a route does: who asks is known, errors become problem documents, results become JSON. */
export const answered = (desk: Pick<Desk, 'verifier' | 'logger'>, permission: Permission, handler: Handler, status = 200) =>
  async (request: HttpRequest): Promise<HttpResponseInit> => {
    const traceparent = parseTraceparent(request.headers.get('traceparent') ?? undefined) ?? newTraceparent();
    try {
      const operator = await operatorOf(desk, request, permission);
      return { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(await handler(request, operator), plain) };
    } catch (error) {
      const problem = error instanceof Refusal ? new Problem(error.code, { detail: error.detail, cause: error }) : translate(error);
      if (problem.code === 'internal') desk.logger.error({ err: error, url: new URL(request.url).pathname }, 'request failed');
      const language = languageOf(request.headers.get('accept-language') ?? undefined);
      return {
        status: problem.status,
        headers: {
          'content-type': problemMediaType, 'content-language': language, vary: 'accept-language',
          ...(problem.status === 401 && { 'www-authenticate': 'Bearer' }),
          ...(problem.retryAfterMs !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(problem.retryAfterMs / 1_000))) }),
        },
        body: JSON.stringify(problem.document(new URL(request.url).pathname.slice(0, 200), traceIdOf(traceparent), { language })),
      };
    }
  };

/** @throws AuthError, or Problem `scope-missing` */
async function operatorOf(desk: Pick<Desk, 'verifier'>, request: HttpRequest, permission: Permission): Promise<Operator> {
  const authorization = request.headers.get('authorization') ?? undefined;
  const principal = await desk.verifier.verify(authorization);
  if (!isGranted(principal, permission)) throw new Problem('scope-missing');
  return {
    subject: principal.subject,
    scope: isGranted(principal, 'dead-letter:all-tenants') ? 'all-tenants' : { tenantId: principal.tenantId },
    mayOperate: isGranted(principal, 'dead-letter:replay'),
    mayApprove: isGranted(principal, 'dead-letter:approve'),
    authorization: authorization ?? '',
  };
}

/** The body as its schema says it is. @throws Problem */
export async function bodyOf<Schema extends z.ZodType>(request: HttpRequest, schema: Schema): Promise<z.output<Schema>> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) throw new Problem('media-type-unsupported');
  const bytes = Buffer.from(await request.arrayBuffer());
  if (bytes.length === 0) throw new Problem('body-missing');
  if (bytes.length > maxBodyBytes) throw new Problem('body-too-large');
  return valid(schema, parseJsonBytes(bytes));
}

export const queryOf = <Schema extends z.ZodType>(request: HttpRequest, schema: Schema): z.output<Schema> => valid(schema, Object.fromEntries(request.query));

export function valid<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (!read.success) throw problemOf(read.error);
  return read.data;
}

/** Sequence numbers are larger than a JavaScript number may be, so they travel as text. */
const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);
