import type { Sql } from '@checkout/sql';
import type { z } from 'zod';
import type { Rows } from '../application/ports.ts';

/** One SELECT of a load, and where its rows go. */
export interface Part {
  readonly select: Sql;
  readonly row: z.ZodType;
  into(rows: Rows, found: readonly unknown[]): void;
}

/** A part whose rows keep the type of their schema on the way through the pipeline. */
export const part = <Row extends z.ZodType>(row: Row, select: Sql, into: (rows: Rows, found: readonly z.output<Row>[]) => void): Part =>
  ({ select, row, into: (rows, found) => into(rows, found as readonly z.output<Row>[]) });
