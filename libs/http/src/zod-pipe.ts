import { Body, Param, Query, type PipeTransform } from '@nestjs/common';
import type { ZodError, ZodType } from 'zod';
import { isCode, type Code } from '@checkout/contracts';
import { Problem, type FieldError } from './problem.ts';

const mostErrors = 20;

/** Validates and types what a route receives. Nothing is converted: `"1"` is not 1. */
export class ZodPipe<T> implements PipeTransform<unknown, T> {
  readonly #schema: ZodType<T>;

  constructor(schema: ZodType<T>) {
    this.#schema = schema;
  }

  transform(value: unknown): T {
    if (value === undefined) throw new Problem('body-missing');
    const result = this.#schema.safeParse(value);
    if (result.success) return result.data;
    throw problemOf(result.error);
  }
}

/** The body of a request. The schema should be strict, or unknown fields pass unseen. */
export const ZodBody = <T>(schema: ZodType<T>): ParameterDecorator => Body(new ZodPipe(schema));

/** The query string of a request. Values are strings; coerce in the schema where a number is meant. */
export const ZodQuery = <T>(schema: ZodType<T>): ParameterDecorator => Query(new ZodPipe(schema));

/** All path parameters of a request. */
export const ZodParams = <T>(schema: ZodType<T>): ParameterDecorator => Param(new ZodPipe(schema));

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
