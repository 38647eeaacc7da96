import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { guidSortKey } from '../../value/guid.ts';
import { type as types, type Kind, type SqlType } from '../../value/sql-type.ts';
import { formatTime, MICROSECONDS_PER_DAY, roundTime, startOfDay } from '../../value/time.ts';
import { typesFromJson } from '../../value/type-json.ts';
import type { Value } from '../../value/value.ts';
import { divideByZero, invalidJson, overflow, TsqlError, truncated } from '../error.ts';
import { checkRange, decimalToText, fitsDigits, fitsInto, textToDecimal, textToFloat, textToInteger, textToTime, textToValue } from './convert.ts';
import { follow, type JsonPath } from './json-path.ts';
import { like } from './like.ts';
import { openJson, type JsonSchema } from './open-json.ts';

/** The counters a table draws from while rows are inserted. */
export interface Counters {
  nextIdentity(table: string): number;
  nextRowversion(): number;
}

/** An integer must leave JavaScript as a bigint, or SQLite takes it for a REAL. */
const whole = (value: number | bigint) => (typeof value === 'bigint' ? value : BigInt(value));
const typeOf = (kind: Kind, scale: number): SqlType => ({ ...types.null, kind, scale });
const cached = <T>(make: (text: string) => T) => {
  const known = new Map<string, T>();
  return (text: string): T => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    known.set(text, made);
    return made;
  };
};
const schemaFrom = cached((text) => typesFromJson(text) as JsonSchema);
const pathFrom = cached((text) => JSON.parse(text) as JsonPath);
const isLossy = new Set<Kind>(['bit', 'tinyint', 'smallint', 'int', 'bigint']);

/** T-SQL's functions and conversions that SQLite has not. Each is NULL when its first argument is, unless said otherwise. */
export function registerFunctions(db: DatabaseSync, counters: Counters): void {
  const pure = (name: string, call: (...values: never[]) => Value) => {
    const strict = (...values: Value[]) => (values[0] === null ? null : call(...(values as never[])));
    // The arity of the wrapper is what SQLite is told, so it is given explicitly.
    Object.defineProperty(strict, 'length', { value: call.length });
    db.function(name, { deterministic: true }, strict as (...values: unknown[]) => Value);
  };

  pure('ts_key', (text: string) => text.replace(/ +$/, '').toUpperCase());
  pure('ts_units', (text: string) => whole(text.length));
  pure('ts_len', (text: string) => whole(text.replace(/ +$/, '').length));
  pure('ts_left', (text: string, count: number) => text.slice(0, notNegative(count, 537, 'LEFT or SUBSTRING')));
  pure('ts_right', (text: string, count: number) => (notNegative(count, 536, 'right') > 0 ? text.slice(-count) : ''));
  pure('ts_replace', (text: string, part: string | null, by: string | null) => (part === null || by === null ? null : part === '' ? text : text.replaceAll(new RegExp(part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'giu'), () => by)));
  pure('ts_substring', (text: string, start: number, length: number) => text.slice(Math.max(0, start - 1), Math.max(0, start - 1 + notNegative(length, 537, 'LEFT or SUBSTRING'))));
  pure('ts_char_index', (needle: string, hay: string | null, start: number) => (hay === null ? null : whole(needle === '' ? 0 : hay.toUpperCase().indexOf(needle.toUpperCase(), Math.max(0, start - 1)) + 1)));
  pure('ts_upper', (text: string) => text.toUpperCase());
  pure('ts_lower', (text: string) => text.toLowerCase());
  pure('ts_replicate', (text: string, count: number) => (count < 0 ? null : text.repeat(count)));
  pure('ts_like', (text: string, pattern: string | null, escape: string | null, insensitive: number) => (pattern === null ? null : whole(like(text, pattern, escape, insensitive === 1) ? 1 : 0)));
  pure('ts_guid_order', guidSortKey);

  pure('ts_integer', (text: string, kind: Kind, from: Kind) => whole(textToInteger(text, kind, from)));
  pure('ts_row_count', (count: number) => {
    if (count < 0) throw new TsqlError(1060, 'The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.', { severity: 15 });
    return whole(count);
  });
  pure('ts_many_rows', (_count: number) => {
    throw new TsqlError(512, 'Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.');
  });
  pure('ts_range', (value: number, kind: Kind) => whole(checkRange(value, kind)));
  pure('ts_fits', (value: number, kind: Kind) => whole(fitsInto(value, kind)));
  pure('ts_decimal', (text: string, scale: number, from: Kind) => whole(textToDecimal(text, scale, from)));
  pure('ts_digits', (value: number, precision: number) => whole(fitsDigits(value, precision)));
  pure('ts_decimal_text', (value: number, scale: number) => decimalToText(value, scale));
  pure('ts_rescale', (value: number, digits: number) => whole(Math.sign(value) * Math.round(Math.abs(value) / 10 ** digits)));
  pure('ts_decimal_floor', (value: number, scale: number) => whole(Math.floor(value / 10 ** scale)));
  pure('ts_decimal_ceil', (value: number, scale: number) => whole(Math.ceil(value / 10 ** scale)));
  pure('ts_float', (text: string, from: Kind) => textToFloat(text, from));
  pure('ts_float_text', (value: number) => String(Number(value.toPrecision(6))));
  pure('ts_guid', (text: string) => textToValue(text, types.uniqueidentifier));
  pure('ts_fit', (text: string, length: number, kind: Kind, to: Kind) => {
    if (text.length <= length) return text;
    // A number too long for its text is never cut: integers print an asterisk, everything else overflows.
    if (isLossy.has(kind) && !to.startsWith('n')) return '*';
    if (isLossy.has(kind) || kind === 'uniqueidentifier' || kind === 'decimal') throw overflow(to);
    return text.slice(0, length);
  });
  pure('ts_try', (text: string, kind: Kind, scale: number) => {
    try {
      const value = textToValue(text, typeOf(kind, scale));
      return typeof value === 'number' && kind !== 'float' && kind !== 'real' ? whole(value) : value;
    } catch {
      return null;
    }
  });
  pure('ts_divisor', (value: number) => {
    if (value === 0) throw divideByZero();
    return value;
  });

  pure('ts_time', (text: string, kind: Kind, scale: number) => whole(textToTime(text, typeOf(kind, scale))));
  pure('ts_time_text', (value: number, kind: Kind, scale: number, style: number) => formatTime(value, kind, scale, style));
  pure('ts_time_scale', (value: number, scale: number) => whole(roundTime(value, scale)));
  pure('ts_day', (value: number) => whole(startOfDay(value)));
  pure('ts_add_months', (value: number, months: number) => whole(addMonths(value, months)));
  pure('ts_date_part', (unit: string, value: number | null) => (value === null ? null : whole(datePart(unit, value))));
  pure('ts_date_diff', (unit: string, from: number | null, to: number | null, kind: Kind) => (from === null || to === null ? null : whole(spanOf(dateDiff(unit, from, to), kind))));

  pure('ts_open_json', (text: string, schema: string) => openJson(text, schemaFrom(schema)));
  pure('ts_json_value', (text: string, path: string) => {
    const value = follow(parseJson(text), pathFrom(path));
    const scalar = value === undefined || value === null || typeof value === 'object' ? null : String(value);
    return scalar !== null && scalar.length > 4000 ? null : scalar;
  });
  pure('ts_json_query', (text: string, path: string) => {
    const value = follow(parseJson(text), pathFrom(path));
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : null;
  });
  pure('ts_isjson', (text: string) => {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'object' && value !== null ? 1n : 0n;
    } catch {
      return 0n;
    }
  });

  pure('ts_rowversion_of', (bytes: Uint8Array) => Buffer.from(bytes).readBigInt64BE(0));
  pure('ts_rowversion_bytes', (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(value));
    return bytes;
  });
  pure('ts_truncated', (table: string, column: string) => {
    throw truncated(table, column);
  });

  // SQLite goes on with a floating number when a sum outgrows 64 bits.
  db.function('ts_whole', { deterministic: true, useBigIntArguments: true }, (value) => {
    if (typeof value === 'number') throw overflow('bigint');
    return value;
  });
  db.function('ts_new_id', () => randomUUID().toUpperCase());
  db.function('ts_identity', (table) => whole(counters.nextIdentity(String(table))));
  db.function('ts_rowversion', () => whole(counters.nextRowversion()));
}

function notNegative(count: number, number: number, name: string): number {
  if (count < 0) throw new TsqlError(number, `Invalid length parameter passed to the ${name} function.`, { state: 3, effect: 'statement' });
  return count;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson();
  }
}

function spanOf(count: number, kind: Kind): number {
  if (kind === 'int' && Math.abs(count) > 2_147_483_647) throw new TsqlError(535, 'The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.', { state: 0 });
  return count;
}

/** The last day of a shorter month stands for the days it has not. */
function addMonths(value: number, months: number): number {
  const date = new Date(Math.floor(value / 1000));
  const rest = value - date.getTime() * 1000;
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() * 1000 + rest;
}

const fixedUnits: Readonly<Record<string, number>> = { day: MICROSECONDS_PER_DAY, hour: 3_600_000_000, minute: 60_000_000, second: 1_000_000, millisecond: 1000, microsecond: 1 };

/** DATEDIFF counts the boundaries crossed, not the time elapsed. */
function dateDiff(unit: string, from: number, to: number): number {
  const size = fixedUnits[unit];
  if (size !== undefined) return Math.floor(to / size) - Math.floor(from / size);
  // Weeks begin on Sunday whatever DATEFIRST says; 1970-01-04 was one.
  if (unit === 'week') return Math.floor((to / MICROSECONDS_PER_DAY + 4) / 7) - Math.floor((from / MICROSECONDS_PER_DAY + 4) / 7);
  const months = (value: number) => datePart('year', value) * 12 + datePart('month', value) - 1;
  const size12 = unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1;
  return Math.floor(months(to) / size12) - Math.floor(months(from) / size12);
}

function datePart(unit: string, value: number): number {
  const date = new Date(Math.floor(value / 1000));
  switch (unit) {
    case 'year': return date.getUTCFullYear();
    case 'quarter': return Math.floor(date.getUTCMonth() / 3) + 1;
    case 'month': return date.getUTCMonth() + 1;
    case 'day': return date.getUTCDate();
    case 'weekday': return date.getUTCDay() + 1;
    case 'hour': return date.getUTCHours();
    case 'minute': return date.getUTCMinutes();
    case 'second': return date.getUTCSeconds();
    case 'millisecond': return date.getUTCMilliseconds();
    case 'microsecond': return value - Math.floor(value / 1_000_000) * 1_000_000;
    default: return dateDiff('week', Date.UTC(date.getUTCFullYear(), 0, 1) * 1000, value) + 1;
  }
}
