/** The T-SQL types of the subset. `boolean` is what a predicate has: it exists in conditions only, never in a column or variable. */
export type Kind =
  | 'bit' | 'tinyint' | 'smallint' | 'int' | 'bigint'
  | 'decimal' | 'real' | 'float'
  | 'char' | 'varchar' | 'nchar' | 'nvarchar'
  | 'binary' | 'varbinary' | 'rowversion'
  | 'uniqueidentifier'
  | 'date' | 'datetime' | 'datetime2' | 'datetimeoffset'
  | 'null' | 'boolean';

/**
 * How strings compare. `binary` is any `*_BIN2` collation: code point by code point.
 * `insensitive` is everything else: the Azure SQL default, without regard to case and trailing spaces.
 * Absent on literals and variables: they take the side they are compared with (coercible default).
 */
export type Collation = 'binary' | 'insensitive';

export interface SqlType {
  readonly kind: Kind;
  /** Characters or bytes; {@link MAX} for `(MAX)`. */
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
  readonly collation?: Collation | undefined;
  /** Set by COLLATE in an expression: it wins over the collation of a column. */
  readonly isCollated?: boolean | undefined;
  /** Text of a sql_variant: it converts and compares by CAST only. */
  readonly isVariant?: boolean | undefined;
}

export const MAX = Number.POSITIVE_INFINITY;

const simple = (kind: Kind, length = 0, precision = 0, scale = 0): SqlType => Object.freeze({ kind, length, precision, scale });

export const type = {
  bit: simple('bit'),
  tinyint: simple('tinyint'),
  smallint: simple('smallint'),
  int: simple('int'),
  bigint: simple('bigint'),
  real: simple('real'),
  float: simple('float'),
  uniqueidentifier: simple('uniqueidentifier'),
  rowversion: simple('rowversion', 8),
  date: simple('date'),
  datetime: simple('datetime', 0, 0, 3),
  null: simple('null'),
  boolean: simple('boolean'),
  sysname: simple('nvarchar', 128),
  text: simple('nvarchar', MAX),
  variant: Object.freeze({ ...simple('nvarchar', 4000), isVariant: true }) as SqlType,
  decimal: (precision: number, scale: number) => simple('decimal', 0, precision, scale),
  datetime2: (scale: number) => simple('datetime2', 0, 0, scale),
  datetimeoffset: (scale: number) => simple('datetimeoffset', 0, 0, scale),
  varchar: (length: number) => simple('varchar', length),
  nvarchar: (length: number) => simple('nvarchar', length),
  char: (length: number) => simple('char', length),
  nchar: (length: number) => simple('nchar', length),
  varbinary: (length: number) => simple('varbinary', length),
  binary: (length: number) => simple('binary', length),
};

const integers = new Set<Kind>(['bit', 'tinyint', 'smallint', 'int', 'bigint']);
const strings = new Set<Kind>(['char', 'varchar', 'nchar', 'nvarchar']);
const times = new Set<Kind>(['date', 'datetime', 'datetime2', 'datetimeoffset']);
const binaries = new Set<Kind>(['binary', 'varbinary', 'rowversion']);

export const isInteger = ({ kind }: SqlType) => integers.has(kind);
export const isString = ({ kind }: SqlType) => strings.has(kind);
export const isTime = ({ kind }: SqlType) => times.has(kind);
export const isBinary = ({ kind }: SqlType) => binaries.has(kind);
export const isApproximate = ({ kind }: SqlType) => kind === 'float' || kind === 'real';
export const isNumeric = (t: SqlType) => isInteger(t) || t.kind === 'decimal' || isApproximate(t);

/** The inclusive range of each integer type. `bigint` is what SQLite itself holds. */
export const range: Partial<Record<Kind, readonly [number, number]>> = {
  bit: [0, 1],
  tinyint: [0, 255],
  smallint: [-32_768, 32_767],
  int: [-2_147_483_648, 2_147_483_647],
};

/** Data type precedence, lowest first: of two types that meet in an operator the later one wins. */
const precedence: readonly Kind[] = [
  'null', 'binary', 'varbinary', 'rowversion', 'char', 'varchar', 'nchar', 'nvarchar', 'uniqueidentifier',
  'bit', 'tinyint', 'smallint', 'int', 'bigint', 'decimal', 'real', 'float', 'date', 'datetime', 'datetime2', 'datetimeoffset', 'boolean',
];

/** COLLATE wins over a column, a column over a literal or variable. */
const collationOf = (a: SqlType, b: SqlType) => {
  const { collation, isCollated } = b.isCollated || a.collation === undefined ? (a.isCollated ? a : b) : a;
  return { collation, isCollated };
};

/** The type two operands are brought to, by data type precedence. */
export function common(a: SqlType, b: SqlType): SqlType {
  const [low, high] = precedence.indexOf(a.kind) <= precedence.indexOf(b.kind) ? [a, b] : [b, a];
  if (isString(high) && isString(low)) return { ...high, length: Math.max(low.length, high.length), ...collationOf(a, b) };
  if (high.kind === 'decimal') {
    const scale = Math.max(high.scale, low.kind === 'decimal' ? low.scale : 0);
    return type.decimal(18, scale);
  }
  if (high.kind === low.kind && high.length !== low.length) return { ...high, length: Math.max(low.length, high.length) };
  if (isTime(high) && isTime(low)) return { ...high, scale: Math.max(low.scale, high.scale) };
  return high;
}

/** As it is written in T-SQL, for messages and for the catalog views. */
export function typeName({ kind, length, precision, scale }: SqlType): string {
  if (kind === 'decimal') return `decimal(${precision},${scale})`;
  if (kind === 'datetime2' || kind === 'datetimeoffset') return `${kind}(${scale})`;
  if (strings.has(kind) || kind === 'varbinary' || kind === 'binary') return `${kind}(${length === MAX ? 'max' : length})`;
  return kind;
}
