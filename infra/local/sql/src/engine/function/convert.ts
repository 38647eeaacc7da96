import { conversion, dateConversion, guidConversion, numericConversion, overflow, TsqlError } from '../error.ts';
import { parseGuid } from '../../value/guid.ts';
import { isString, range, type Kind, type SqlType } from '../../value/sql-type.ts';
import { parseTime, roundTime, startOfDay } from '../../value/time.ts';
import type { Value } from '../../value/value.ts';

const MIN_BIGINT = -(2n ** 63n);
const MAX_BIGINT = 2n ** 63n - 1n;

/** Text to an integer type: spaces around it are fine, a fraction is not (245), out of range is 8115 (248 for INT). */
export function textToInteger(text: string, kind: Kind, from: Kind = 'nvarchar'): number | bigint {
  const trimmed = text.trim();
  if (kind === 'bit') {
    if (/^true$/i.test(trimmed)) return 1;
    if (/^false$/i.test(trimmed)) return 0;
  }
  if (trimmed === '') return 0;
  if (!/^[+-]?\d+$/.test(trimmed)) throw kind === 'bigint' ? numericConversion(from, 'bigint') : conversion(from, text, kind);
  const value = BigInt(trimmed);
  if (kind === 'int' && (value > 2_147_483_647n || value < -2_147_483_648n)) throw new TsqlError(248, `The conversion of the ${from} value '${text}' overflowed an int column.`, { effect: 'rollback' });
  return checkRange(Number.isSafeInteger(Number(value)) ? Number(value) : value, kind);
}

export function checkRange(value: number | bigint, kind: Kind): number | bigint {
  if (kind === 'bit') return value ? 1 : 0;
  const bounds = range[kind];
  if (bounds ? value < bounds[0] || value > bounds[1] : value < MIN_BIGINT || value > MAX_BIGINT) throw overflow(kind);
  return value;
}

/** A value that is converted: too large for the small types is 220. A sum that outgrows its type is 8115, whatever the type. */
export function fitsInto(value: number | bigint, kind: Kind): number | bigint {
  const bounds = range[kind];
  if (bounds && (kind === 'tinyint' || kind === 'smallint') && (value < bounds[0] || value > bounds[1])) throw new TsqlError(220, `Arithmetic overflow error for data type ${kind}, value = ${value}.`, { state: 2 });
  return checkRange(value, kind);
}

export function textToDecimal(text: string, scale: number, from: Kind = 'nvarchar'): number | bigint {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?\s*$/.exec(text);
  if (!match || (match[2] === '' && !match[3])) throw numericConversion(from, 'numeric');
  const [, sign, whole = '', fraction = ''] = match;
  const kept = BigInt(`${whole || '0'}${fraction.padEnd(scale, '0').slice(0, scale)}`);
  const rounded = (fraction[scale] ?? '0') >= '5' ? kept + 1n : kept;
  if (rounded > 10n ** 18n) throw overflow('numeric');
  const value = sign === '-' ? -rounded : rounded;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

export function fitsDigits(value: number | bigint, precision: number): number | bigint {
  if (Math.abs(Number(value)) >= 10 ** precision) throw new TsqlError(8115, 'Arithmetic overflow error converting numeric to data type numeric.', { state: 8 });
  return value;
}

export function decimalToText(value: number | bigint, scale: number): string {
  const digits = String(value < 0 ? -value : value).padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return value < 0 ? `-${text}` : text;
}

export function textToTime(text: string, type: SqlType): number {
  const value = parseTime(text);
  if (value === undefined) throw dateConversion();
  return type.kind === 'date' ? startOfDay(value) : roundTime(value, type.scale);
}

export function textToFloat(text: string, from: Kind = 'nvarchar'): number {
  const trimmed = text.trim();
  const value = trimmed === '' ? 0 : Number(trimmed);
  if (!Number.isFinite(value) || /^[+-]?0x/i.test(trimmed)) throw numericConversion(from, 'float');
  return value;
}

/** Text to the engine's form of any type; what CAST of a string does. */
export function textToValue(text: string, type: SqlType): Value {
  if (isString(type)) return text;
  switch (type.kind) {
    case 'bit': case 'tinyint': case 'smallint': case 'int': case 'bigint': return textToInteger(text, type.kind);
    case 'decimal': return textToDecimal(text, type.scale);
    case 'float': case 'real': return textToFloat(text);
    case 'uniqueidentifier': {
      const guid = parseGuid(text);
      if (guid === undefined) throw guidConversion();
      return guid;
    }
    case 'date': case 'datetime': case 'datetime2': case 'datetimeoffset': return textToTime(text, type);
    default: throw new TsqlError(257, `Implicit conversion from data type nvarchar to ${type.kind} is not allowed.`, { state: 3, effect: 'batch' });
  }
}
