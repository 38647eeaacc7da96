import { z } from 'zod';

/** BIGINT arrives as a string, since a JS number cannot hold all of it. */
export const bigintColumn = z.string().transform((digits) => BigInt(digits));

/** BIGINT that our own rules keep within 2^53, such as amounts in minor units. @throws ZodError when it is not. */
export const safeIntegerColumn = z.string().transform(Number).pipe(z.int());

/** NVARCHAR that holds JSON of a known shape. */
export const jsonColumn = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((source, context): unknown => {
      try {
        return JSON.parse(source);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
