import { clash, TsqlError } from '../error.ts';
import { isApproximate, isBinary, isInteger, isNumeric, isString, isTime, range, typeName, type SqlType } from '../../value/sql-type.ts';
import { literal } from '../catalog.ts';

/** SQLite text with the T-SQL type its value has. */
export interface Typed {
  readonly sql: string;
  readonly type: SqlType;
  /** Set for string literals and the like, which convert at compile time. */
  readonly text?: string | undefined;
  readonly nullable?: boolean | undefined;
}

const power = (scale: number) => `1${'0'.repeat(scale)}`;
const rank = { bit: 0, tinyint: 1, smallint: 2, int: 3, bigint: 4 } as Readonly<Record<string, number>>;

/**
 * Brings a value to a type. Implicit conversions and CAST differ in two things only: CAST cuts text to length silently, and
 * reaches some types an implicit conversion may not. https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql
 */
export function coerce(value: Typed, to: SqlType, { cast = false, style = undefined as number | undefined } = {}): string {
  const { sql, type: from } = value;
  if (!cast) refuseVariant(from, to);
  if (from.kind === 'null') return 'NULL';
  if (to.kind === 'boolean' || from.kind === 'boolean') throw clash(from.kind, to.kind);
  if (isString(to)) return toText(value, to, cast, style);
  if (isString(from)) return fromText(sql, from, to, style);
  if (isInteger(to)) return toInteger(sql, from, to, cast);
  if (to.kind === 'decimal') return cast && to.precision < 18 ? `ts_digits(${toDecimal(sql, from, to)}, ${to.precision})` : toDecimal(sql, from, to);
  if (isApproximate(to)) {
    if (from.kind === 'decimal') return `(CAST(${sql} AS REAL) / ${power(from.scale)})`;
    if (!isNumeric(from)) throw clash(typeName(from), typeName(to));
    return isApproximate(from) ? sql : `CAST(${sql} AS REAL)`;
  }
  if (isTime(to)) {
    if (!isTime(from)) throw clash(typeName(from), typeName(to));
    return toTime(sql, from, to);
  }
  if (to.kind === 'rowversion') return from.kind === 'rowversion' ? sql : isBinary(from) ? `ts_rowversion_of(${sql})` : isInteger(from) ? sql : fail(from, to);
  if (isBinary(to)) {
    if (from.kind === 'rowversion') return `ts_rowversion_bytes(${sql})`;
    if (!isBinary(from)) throw clash(typeName(from), typeName(to));
    return cast && Number.isFinite(to.length) && to.length < from.length ? `substr(${sql}, 1, ${to.length})` : sql;
  }
  if (to.kind === from.kind) return sql;
  if (cast) throw new TsqlError(529, `Explicit conversion from data type ${typeName(from)} to ${typeName(to)} is not allowed.`, { state: 2, effect: 'batch' });
  throw clash(typeName(from), typeName(to));
}

/** A sql_variant becomes something else by CAST only. @throws 257 */
export function refuseVariant(from: SqlType, to: SqlType): void {
  if (from.isVariant) throw new TsqlError(257, `Implicit conversion from data type sql_variant to ${typeName(to)} is not allowed. Use the CONVERT function to run this query.`, { state: 3, effect: 'batch' });
}

function fail(from: SqlType, to: SqlType): never {
  throw clash(typeName(from), typeName(to));
}

function toText({ sql, type: from, text }: Typed, to: SqlType, cast: boolean, style: number | undefined): string {
  if (isString(from)) {
    if (!cast || to.length >= from.length) return sql;
    return text !== undefined ? literal(text.slice(0, to.length)) : `ts_left(${sql}, ${to.length})`;
  }
  const whole = isInteger(from) ? `CAST(${sql} AS TEXT)`
    : from.kind === 'uniqueidentifier' ? sql
    : from.kind === 'decimal' ? `ts_decimal_text(${sql}, ${from.scale})`
    : isApproximate(from) ? `ts_float_text(${sql})`
    : isTime(from) ? `ts_time_text(${sql}, '${from.kind}', ${from.scale}, ${style ?? 121})`
    : isBinary(from) && (style === 1 || style === 2) ? `${style === 1 ? "'0x' || " : ''}hex(${sql})`
    : fail(from, to);
  return Number.isFinite(to.length) && to.length < 36 ? `ts_fit(${whole}, ${to.length}, '${from.kind}', '${to.kind}')` : whole;
}

function fromText(sql: string, from: SqlType, to: SqlType, style: number | undefined): string {
  if (isInteger(to)) return `ts_integer(${sql}, '${to.kind}', '${from.kind}')`;
  if (to.kind === 'decimal') return `ts_decimal(${sql}, ${to.scale}, '${from.kind}')`;
  if (isApproximate(to)) return `ts_float(${sql}, '${from.kind}')`;
  if (to.kind === 'uniqueidentifier') return `ts_guid(${sql})`;
  if (isTime(to)) return `ts_time(${sql}, '${to.kind}', ${to.scale})`;
  if (isBinary(to) && (style === 1 || style === 2)) return `unhex(${style === 1 ? `substr(${sql}, 3)` : sql})`;
  throw new TsqlError(257, `Implicit conversion from data type nvarchar to ${typeName(to)} is not allowed. Use the CONVERT function to run this query.`, { state: 3, effect: 'batch' });
}

function toInteger(sql: string, from: SqlType, to: SqlType, cast: boolean): string {
  if (to.kind === 'bit' && isNumeric(from)) return from.kind === 'bit' ? sql : `(${sql} <> 0)`;
  if (isInteger(from)) return cast && (rank[from.kind] ?? 0) > (rank[to.kind] ?? 0) ? `ts_fits(${sql}, '${to.kind}')` : sql;
  const whole = from.kind === 'decimal' ? `(${sql} / ${power(from.scale)})` : isApproximate(from) ? `CAST(${sql} AS INTEGER)` : from.kind === 'rowversion' ? sql : fail(from, to);
  return range[to.kind] ? `ts_fits(${whole}, '${to.kind}')` : whole;
}

function toDecimal(sql: string, from: SqlType, to: SqlType): string {
  if (isInteger(from)) return to.scale === 0 ? sql : `(${sql} * ${power(to.scale)})`;
  if (isApproximate(from)) return `CAST(round(${sql} * ${power(to.scale)}) AS INTEGER)`;
  if (from.kind !== 'decimal') throw clash(typeName(from), typeName(to));
  if (from.scale === to.scale) return sql;
  return from.scale < to.scale ? `(${sql} * ${power(to.scale - from.scale)})` : `ts_rescale(${sql}, ${from.scale - to.scale})`;
}

function toTime(sql: string, from: SqlType, to: SqlType): string {
  if (to.kind === 'date') return from.kind === 'date' ? sql : `ts_day(${sql})`;
  if (from.kind === 'date' || to.scale >= 6 || from.scale <= to.scale) return sql;
  return `ts_time_scale(${sql}, ${to.scale})`;
}
