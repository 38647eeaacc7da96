import { TsqlError, outside } from '../../engine/error.ts';
import { MAX, type as types, type SqlType } from '../../value/sql-type.ts';
import type { Cursor } from './cursor.ts';

/** `VARCHAR(40)`, `DECIMAL(18, 4)`, … https://learn.microsoft.com/sql/t-sql/data-types/ */
export function parseType(cursor: Cursor, unknown = (name: string, line: number) => new TsqlError(2715, `Cannot find data type ${name}.`, { state: 6, effect: 'batch', line })): SqlType {
  if (cursor.takeSymbol('[')) throw cursor.unexpected();
  const line = cursor.line;
  const token = cursor.next();
  if (token.kind !== 'word' && token.kind !== 'name') throw new TsqlError(102, `Incorrect syntax near '${token.text}'.`, { severity: 15, effect: 'batch', line });
  const name = token.text.toLowerCase();
  const parameters: number[] = [];
  if (cursor.takeSymbol('(')) {
    do parameters.push(cursor.take('MAX') ? MAX : cursor.integer()); while (cursor.takeSymbol(','));
    cursor.expectSymbol(')');
  }
  const [first, second] = parameters;
  const made = Object.hasOwn(typeTable, name) ? typeTable[name]?.(first, second) : undefined;
  if (made?.kind === 'decimal' && made.precision > 18) throw outside(`${name}(${made.precision}) (18 digits are the most)`, line);
  if (made) return made;
  if (refusedTypes.has(name)) throw outside(`The type ${name}`, line);
  throw unknown(token.text, line);
}

const decimal = (precision = 18, scale = 0) => types.decimal(precision, scale);

/** The types of the subset, by every name they have. */
export const typeTable: Readonly<Record<string, (first?: number, second?: number) => SqlType>> = {
  bit: () => types.bit,
  tinyint: () => types.tinyint,
  smallint: () => types.smallint,
  int: () => types.int,
  integer: () => types.int,
  bigint: () => types.bigint,
  real: () => types.real,
  float: (digits = 53) => (digits <= 24 ? types.real : types.float),
  decimal,
  numeric: decimal,
  dec: decimal,
  uniqueidentifier: () => types.uniqueidentifier,
  date: () => types.date,
  datetime: () => types.datetime,
  datetime2: (scale = 7) => types.datetime2(scale),
  datetimeoffset: (scale = 7) => types.datetimeoffset(scale),
  char: (length = 1) => types.char(length),
  varchar: (length = 1) => types.varchar(length),
  nchar: (length = 1) => types.nchar(length),
  nvarchar: (length = 1) => types.nvarchar(length),
  sysname: () => types.sysname,
  binary: (length = 1) => types.binary(length),
  varbinary: (length = 1) => types.varbinary(length),
  rowversion: () => types.rowversion,
  timestamp: () => types.rowversion,
};

/** What the server has and the subset has not. */
export const refusedTypes: ReadonlySet<string> = new Set(['money', 'smallmoney', 'text', 'ntext', 'image', 'xml', 'sql_variant', 'time', 'smalldatetime', 'geography', 'geometry', 'hierarchyid', 'json', 'table']);
