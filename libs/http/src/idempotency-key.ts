import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Problem } from './problem.ts';

/** 1 to 64 visible ASCII characters without a comma: Node joins a header sent twice by one, and two keys are no key. */
const form = /^[\x21-\x2b\x2d-\x7e]{1,64}$/;

/** The `Idempotency-Key` header of a route that needs one. Case matters: keys are compared byte by byte. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  idempotencyKeyOf(context.switchToHttp().getRequest<{ readonly headers: Readonly<Record<string, string | string[] | undefined>> }>().headers['idempotency-key']));

/** @throws Problem idempotency-key-missing, idempotency-key-invalid */
export function idempotencyKeyOf(header: string | string[] | undefined): string {
  if (header === undefined) throw new Problem('idempotency-key-missing');
  if (typeof header !== 'string' || !form.test(header)) throw new Problem('idempotency-key-invalid', { detail: '1 to 64 visible ASCII characters, sent once.' });
  return header;
}
