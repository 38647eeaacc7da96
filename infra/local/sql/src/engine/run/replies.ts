import type { SqlType } from '../../value/sql-type.ts';
import type { Value } from '../../value/value.ts';
import type { OutputColumn } from '../emit/query.ts';
import type { TsqlError } from '../error.ts';

export type StoredRow = readonly Value[];

/** Where a running batch puts what the client is told, in order. The wire format is behind it. */
export interface Replies {
  rows(columns: readonly OutputColumn[], rows: readonly StoredRow[], counted: boolean): void;
  /** How many rows a statement changed; not sent under NOCOUNT. */
  changed(count: number): void;
  error(error: TsqlError): void;
  info(number: number, message: string): void;
  began(descriptor: bigint): void;
  committed(descriptor: bigint): void;
  rolledBack(descriptor: bigint): void;
}

export interface OutputParameter { readonly name: string; readonly type: SqlType; readonly value: Value }
