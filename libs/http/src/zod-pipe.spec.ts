import { z } from 'zod';
import { Problem, ZodPipe } from './index.ts';

const problemFrom = (schema: z.ZodType, value: unknown) => {
  try {
    new ZodPipe(schema).transform(value);
  } catch (error) {
    if (error instanceof Problem) return error.document('/', 't');
    throw error;
  }
  throw new Error('accepted');
};

const Basket = z.strictObject({ currency: z.string(), lines: z.array(z.strictObject({ sku: z.string(), quantity: z.int() })).max(500) });

it('gives back what the schema made of the value', () => {
  expect(new ZodPipe(z.strictObject({ n: z.int().default(1) })).transform({})).toEqual({ n: 1 });
});

it('reports the first twenty of ten thousand errors', () => {
  const { errors } = problemFrom(z.array(z.int()), Array.from({ length: 10_000 }, () => 'x'));
  expect(errors).toHaveLength(20);
  expect(errors?.[19]).toMatchObject({ pointer: '/19' });
});

it('points at the leaf that is wrong', () => {
  expect(problemFrom(Basket, { currency: 'EUR', lines: [{ sku: 'A', quantity: 1 }, { sku: 'B', quantity: '1' }] })).toMatchObject({ code: 'schema-violation', errors: [{ pointer: '/lines/1/quantity' }] });
});

it('escapes and cuts the names that a caller chose', () => {
  const { code, errors } = problemFrom(Basket, { currency: 'EUR', lines: [], 'a/b~c': 1, ['x'.repeat(500)]: 1 });
  expect(code).toBe('unknown-field');
  expect(errors?.map(({ pointer }) => pointer)).toEqual(['/a~1b~0c', `/${'x'.repeat(100)}`]);
});

it('takes the code that a refinement names', () => {
  const Sale = Basket.refine(() => false, { path: ['totalMinor'], message: 'is not the sum', params: { code: 'total-mismatch' } });
  expect(problemFrom(Sale, { currency: 'EUR', lines: [] })).toMatchObject({ code: 'total-mismatch', status: 422, errors: [{ pointer: '/totalMinor', detail: 'is not the sum' }] });
});

it('knows a body that is missing from one that is wrong', () => {
  expect(problemFrom(Basket, undefined).code).toBe('body-missing');
  expect(problemFrom(Basket, null).code).toBe('schema-violation');
});
