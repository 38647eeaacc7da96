import { isCode, type Code } from '@checkout/contracts';
import type { ZodError } from 'zod';
import { Problem, type FieldError } from './problem.ts';

const mostErrors = 20;

/**
 * A validation error as a problem: the first 20 errors, each with a JSON pointer.
 * A refinement names a code of the registry by `params: { code: 'total-mismatch' }`. When all errors have one code, so has the problem.
 */
export function problemOf(error: ZodError): Problem {
  const errors = error.issues.slice(0, mostErrors).flatMap(fieldErrorsOf).slice(0, mostErrors);
  const [first] = errors;
  const code = first && errors.every((each) => each.code === first.code) ? first.code : 'schema-violation';
  return new Problem(code, { errors, cause: error });
}

function fieldErrorsOf(issue: ZodError['issues'][number]): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), code: 'unknown-field', detail: 'This field is not known.' }));
  }
  return [{ pointer: pointerOf(issue.path), code: codeOf(issue), detail: issue.message }];
}

const codeOf = (issue: ZodError['issues'][number]): Code =>
  issue.code === 'custom' && isCode(issue.params?.['code']) ? issue.params['code'] : 'schema-violation';

/** RFC 6901. Names are cut, because a caller may choose them as long as the body. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
