import { TYPES } from 'tedious';

/** How a value travels, and which values cannot travel that way unharmed. */
export interface ParameterType {
  readonly declaration: string;
  readonly driver: (typeof TYPES)[keyof typeof TYPES];
  readonly options?: { readonly length?: number; readonly scale?: number };
  /** Says what is wrong with a value, which the driver or the server would otherwise change without a word. */
  readonly refuse: (value: unknown) => string | undefined;
}

/** A typed value of a statement. `null` is SQL's NULL; `undefined` is refused, since it is most often a mistake. */
export interface Parameter {
  readonly type: ParameterType;
  readonly value: unknown;
}

/** Longest text or JSON one parameter may carry, in UTF-16 units: 4 MB on the wire. A larger batch is split by its maker. */
export const maxTextLength = 2_000_000;

const maxLength = 65_535; // tedious' word for (MAX)

/** ASCII of at most `length` characters: ids, codes, keys. Other text would arrive as question marks, so it belongs in `nvarchar`. */
export const varchar = (length: number, value: string | null): Parameter => ({ type: varcharType(length), value });

/** Any well-formed text of at most `length` UTF-16 units, as SQL Server counts. */
export const nvarchar = (length: number, value: string | null): Parameter => ({ type: nvarcharType(length), value });

/** NVARCHAR(MAX), up to `maxTextLength`. */
export const text = (value: string | null): Parameter => ({ type: textType, value });

export const int = (value: number | null): Parameter => ({ type: intType, value });

/** A bigint or a safe integer. Columns of this type are read with `bigintColumn` or `safeIntegerColumn`. */
export const bigint = (value: bigint | number | null): Parameter => ({ type: bigintType, value });

export const bit = (value: boolean | null): Parameter => ({ type: bitType, value });

export const uuid = (value: string | null): Parameter => ({ type: uuidType, value });

/** DATETIME2(3) in UTC, the only kind of time there is in our tables. */
export const datetime2 = (value: Date | null): Parameter => ({ type: datetime2Type, value });

/**
 * JSON as NVARCHAR(MAX), to be opened with `OPENJSON(…) WITH (…)`: how lists travel. Bigints become JSON numbers.
 * A number that is not finite, which JSON would turn into null, is refused.
 */
export const json = (value: unknown): Parameter => {
  const problem = jsonProblem(value);
  return problem === undefined ? { type: jsonType, value: stringify(value) } : { type: refusedJson(problem), value: null };
};

const kind = (value: unknown): string => (typeof value === 'number' ? String(value) : typeof value);

const textProblem = (length: number, value: unknown): string | undefined => {
  if (value === null) return undefined;
  if (typeof value !== 'string') return `must be a string or null, not ${kind(value)}`;
  if (value.length > length) return `has ${value.length} characters`;
  if (!value.isWellFormed()) return 'holds half a surrogate pair';
  return undefined;
};

const ascii = /^\p{ASCII}*$/u;

const cached = (make: (length: number) => ParameterType): ((length: number) => ParameterType) => {
  const types = new Map<number, ParameterType>();
  return (length) => {
    let type = types.get(length);
    if (!type) {
      type = make(length);
      types.set(length, type);
    }
    return type;
  };
};

const varcharType = cached((length) => ({
  declaration: `varchar(${length})`,
  driver: TYPES.VarChar,
  options: { length },
  refuse: (value) => textProblem(length, value) ?? (typeof value === 'string' && !ascii.test(value) ? 'holds characters beyond ASCII' : undefined),
}));

const nvarcharType = cached((length) => ({
  declaration: `nvarchar(${length})`,
  driver: TYPES.NVarChar,
  options: { length },
  refuse: (value) => textProblem(length, value),
}));

const textType: ParameterType = {
  declaration: 'nvarchar(max)',
  driver: TYPES.NVarChar,
  options: { length: maxLength },
  refuse: (value) => textProblem(maxTextLength, value),
};

const intType: ParameterType = {
  declaration: 'int',
  driver: TYPES.Int,
  refuse: (value) => {
    if (value === null) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value)) return `must be a whole number or null, not ${kind(value)}`;
    return value < -(2 ** 31) || value >= 2 ** 31 ? `${value} is out of range` : undefined;
  },
};

const bigintType: ParameterType = {
  declaration: 'bigint',
  driver: TYPES.BigInt,
  refuse: (value) => {
    if (value === null || Number.isSafeInteger(value)) return undefined;
    if (typeof value !== 'bigint') return `must be a bigint, a safe integer or null, not ${kind(value)}`;
    return BigInt.asIntN(64, value) === value ? undefined : 'is out of range';
  },
};

const bitType: ParameterType = {
  declaration: 'bit',
  driver: TYPES.Bit,
  refuse: (value) => (value === null || typeof value === 'boolean' ? undefined : `must be a boolean or null, not ${kind(value)}`),
};

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const uuidType: ParameterType = {
  declaration: 'uniqueidentifier',
  driver: TYPES.UniqueIdentifier,
  refuse: (value) => (value === null || (typeof value === 'string' && uuidPattern.test(value)) ? undefined : 'must be a UUID or null'),
};

const datetime2Type: ParameterType = {
  declaration: 'datetime2(3)',
  driver: TYPES.DateTime2,
  options: { scale: 3 },
  refuse: (value) => {
    if (value === null) return undefined;
    if (!(value instanceof Date) || Number.isNaN(value.getTime())) return 'must be a valid Date or null';
    const year = value.getUTCFullYear();
    return year < 1 || year > 9999 ? `year ${year} is out of range` : undefined;
  },
};

const jsonType: ParameterType = {
  ...textType,
  declaration: 'json as nvarchar(max)',
  refuse: (value) => {
    if (typeof value !== 'string') return `must be JSON, not ${kind(value)}`;
    if (value.length > maxTextLength) return `has ${value.length} characters`;
    // JSON.stringify writes half a surrogate pair as an escape; OPENJSON would make it one again.
    return value.includes('\\ud') && !wellFormedInside(value) ? 'holds half a surrogate pair' : undefined;
  },
};

const wellFormedInside = (source: string): boolean => {
  let wellFormed = true;
  JSON.parse(source, (key, value: unknown) => {
    if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) wellFormed = false;
    return value;
  });
  return wellFormed;
};

const refusedJson = (problem: string): ParameterType => ({ ...jsonType, refuse: () => problem });

const jsonProblem = (value: unknown): string | undefined => {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `holds ${value}`;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const part of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
    const problem = jsonProblem(part);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

/** `JSON.rawJSON` is in Node 22, not yet in TypeScript's library. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (source: string) => unknown };

const stringify = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value);
  } catch {
    // A replacer costs several times as much, so only what holds a bigint pays for one.
    return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? rawJSON(String(part)) : part));
  }
};
