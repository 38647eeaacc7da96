import { Body, Param, Query, type PipeTransform } from '@nestjs/common';
import type { ZodType } from 'zod';
import { problemOf } from './field-errors.ts';
import { Problem } from './problem.ts';

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
