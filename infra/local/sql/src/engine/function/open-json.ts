import { invalidJson, truncated, TsqlError } from '../error.ts';
import { isString, MAX, type SqlType } from '../../value/sql-type.ts';
import { textToValue } from './convert.ts';
import { follow, type JsonPath } from './json-path.ts';

export interface JsonField {
  readonly name: string;
  readonly type: SqlType;
  readonly path: JsonPath;
  readonly asJson: boolean;
}

/** What `OPENJSON (…, path) WITH (…)` asks for; without fields, the default schema of key, value and type. */
export interface JsonSchema {
  readonly path: JsonPath;
  readonly fields: readonly JsonField[] | undefined;
}

/**
 * Opens a document once, in JavaScript, with every conversion T-SQL would make, and hands SQLite an array of arrays of finished values.
 * `jsonb_each(…)` then yields the rows and `value ->> n` the n-th column: cheaper than a JSON path per cell, and conversions
 * fail with the server's numbers. https://learn.microsoft.com/sql/t-sql/functions/openjson-transact-sql
 */
export function openJson(text: string | null, schema: JsonSchema): string | null {
  if (text === null) return null;
  try {
    return opened(parse(text), schema, false);
  } catch (error) {
    if (!(error instanceof Inexact)) throw error;
    return opened(parseExactly(text), schema, true);
  }
}

function opened(document: unknown, schema: JsonSchema, isExact: boolean): string {
  if (typeof document !== 'object' || document === null) throw invalidJson();
  const root = follow(document, schema.path);
  if (typeof root !== 'object' || root === null) return '[]';
  const { fields } = schema;
  if (!fields) return stringify(entries(root, isExact));
  const elements: readonly unknown[] = Array.isArray(root) ? root : [root];
  return stringify(elements.map((element) => fields.map((field) => cell(element, field, isExact))));
}

/** A whole number beyond 2^53 was met: the document is read again, digit by digit. */
class Inexact extends Error {
  override readonly name = 'Inexact';
}

const isInexact = (value: unknown) => typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidJson();
  }
}

/** Keeps the digits of whole numbers beyond 2^53, as bigint. Several times slower than {@link parse}, and hardly ever needed. */
function parseExactly(text: string): unknown {
  return JSON.parse(text, ((_key: string, value: unknown, context: { source?: string }) =>
    isInexact(value) && context.source !== undefined && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value) as (key: string, value: unknown) => unknown);
}

/** JSON has no bigint; SQLite reads any number of digits up to 64 bits. */
function stringify(rows: readonly (readonly unknown[])[]): string {
  try {
    return JSON.stringify(rows);
  } catch {
    return `[${rows.map((row) => `[${row.map((value) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value))).join(',')}]`).join(',')}]`;
  }
}

const typeNumbers = { null: 0, string: 1, number: 2, bigint: 2, boolean: 3 } as const;

function entries(root: object, isExact: boolean): readonly (readonly unknown[])[] {
  return Object.entries(root).map(([key, value]: [string, unknown]) => {
    if (value === null) return [key, null, typeNumbers.null];
    if (typeof value === 'object') return [key, fragment(value), Array.isArray(value) ? 4 : 5];
    if (!isExact && isInexact(value)) throw new Inexact();
    return [key, String(value), typeNumbers[typeof value as keyof typeof typeNumbers]];
  });
}

/** JSON inside JSON: numbers beyond 2^53 lose digits here. */
function fragment(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));
  }
}

function cell(element: unknown, { name, type, path, asJson }: JsonField, isExact: boolean): unknown {
  const value = path.length === 0 ? element : follow(element, path);
  if (value === undefined || value === null) return null;
  // A scalar column over an object or array is NULL, and AS JSON over a scalar too: both in lax mode.
  if (typeof value === 'object') return asJson ? fragment(value) : null;
  if (asJson) return null;
  if (typeof value === 'string') {
    if (isString(type)) {
      // What the server does with text longer than the column of WITH is not documented: refused rather than guessed.
      if (type.length !== MAX && value.length > type.length) throw truncated('OPENJSON', name);
      return value;
    }
    if (type.kind === 'varbinary' || type.kind === 'binary') throw new TsqlError(257, 'VARBINARY in OPENJSON … WITH is outside the subset: send hexadecimal text and CONVERT it with style 2.', { effect: 'batch' });
    return textToValue(value, type);
  }
  if (typeof value === 'boolean') return isString(type) ? String(value) : type.kind === 'bit' ? (value ? 1 : 0) : textToValue(String(value), type);
  if (!isExact && isInexact(value)) throw new Inexact();
  if (typeof value === 'number' && (type.kind === 'int' || type.kind === 'bigint' || type.kind === 'float') && Number.isInteger(value)) {
    if (type.kind !== 'int' || (value >= -2_147_483_648 && value <= 2_147_483_647)) return value;
  }
  return textToValue(String(value), type);
}
