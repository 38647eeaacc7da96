import type { Call, Expression, Ordering } from '../../tsql/node/expression.ts';
import { common, isApproximate, isInteger, isNumeric, isString, isTime, MAX, type as types, type SqlType } from '../../value/sql-type.ts';
import { literal, storageName } from '../catalog.ts';
import { coerce, type Typed } from '../emit/coerce.ts';
import type { Emitter } from '../emit/emitter.ts';
import { compare, groupKey, sortsInsensitively } from '../emit/expression.ts';
import { emitSessionContext } from '../emit/session-context.ts';
import { lengthOf } from '../emit/system-view.ts';
import { outside, TsqlError, unknownFunction } from '../error.ts';
import { parsePath } from './json-path.ts';

/** What a function needs of the query it stands in. */
export interface CallContext {
  readonly emitter: Emitter;
  value(expression: Expression): Typed;
  condition(expression: Expression): string;
  orderBy(orderings: readonly Ordering[]): string;
}

type Emit = (call: Call, context: CallContext) => Typed;

const arity = (name: string, wanted: number) =>
  new TsqlError(174, `The ${name.toLowerCase()} function requires ${wanted} argument(s).`, { severity: 15, effect: 'batch' });

/** A function of a fixed number of values. */
const fixed = (count: number, emit: (values: readonly [Typed, Typed, Typed], context: CallContext) => Typed): Emit => (call, context) => {
  if (call.arguments.length !== count) throw arity(call.name, count);
  const [a, b, c] = call.arguments.map((argument) => context.value(argument));
  const none: Typed = { sql: 'NULL', type: types.null };
  return emit([a ?? none, b ?? none, c ?? none], context);
};

const text = (value: Typed): string => coerce(value, isString(value.type) ? { ...value.type, length: MAX } : types.text);
const integer = (value: Typed): string => coerce(value, types.bigint);
const sameText = (value: Typed, length = value.type.length): SqlType => (isString(value.type) ? { ...value.type, length } : types.nvarchar(Math.min(length || 100, 4000)));
const plain = (type: SqlType, sql: string): Emit => () => ({ sql, type });
const textFunction = (name: string): Emit => fixed(1, ([a]) => ({ sql: `${name}(${text(a)})`, type: sameText(a) }));
const caught = (part: 'number' | 'message' | 'severity' | 'state' | 'line' | 'procedure', type: SqlType): Emit => (_call, { emitter }) => ({ sql: emitter.bind({ from: 'caught', part }), type });

const units: Readonly<Record<string, string>> = {
  year: 'year', yy: 'year', yyyy: 'year', quarter: 'quarter', qq: 'quarter', q: 'quarter', month: 'month', mm: 'month', m: 'month', day: 'day', dd: 'day', d: 'day', dayofyear: 'day', dy: 'day', y: 'day',
  week: 'week', wk: 'week', ww: 'week', weekday: 'weekday', dw: 'weekday', hour: 'hour', hh: 'hour', minute: 'minute', mi: 'minute', n: 'minute', second: 'second', ss: 'second', s: 'second',
  millisecond: 'millisecond', ms: 'millisecond', microsecond: 'microsecond', mcs: 'microsecond',
};
const microseconds: Readonly<Record<string, number>> = { week: 604_800_000_000, day: 86_400_000_000, hour: 3_600_000_000, minute: 60_000_000, second: 1_000_000, millisecond: 1000, microsecond: 1 };

function unitOf(call: Call): string {
  const [first] = call.arguments;
  const unit = first?.node === 'column' && first.qualifier === undefined ? units[first.name.toLowerCase()] : undefined;
  if (unit === undefined) throw new TsqlError(155, `The first argument is not a recognized ${call.name.toLowerCase()} option.`, { severity: 15, effect: 'batch' });
  return unit;
}

const timeOf = (value: Typed): { sql: string; type: SqlType } =>
  isTime(value.type) ? value : { sql: coerce(value, types.datetime2(7)), type: types.datetime2(7) };

const dateAdd: Emit = (call, context) => {
  const unit = unitOf(call);
  const [, amount, start] = call.arguments;
  if (!amount || !start || call.arguments.length !== 3) throw arity('DATEADD', 3);
  const base = timeOf(context.value(start));
  const count = coerce(context.value(amount), types.bigint);
  const scale = microseconds[unit];
  if (scale !== undefined) return { sql: scale === 1 ? `(${base.sql} + ${count})` : `(${base.sql} + (${count}) * ${scale})`, type: base.type };
  return { sql: `ts_add_months(${base.sql}, (${count}) * ${unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1})`, type: base.type };
};

const dateDiff = (type: SqlType): Emit => (call, context) => {
  const unit = unitOf(call);
  const [, from, to] = call.arguments;
  if (!from || !to || call.arguments.length !== 3) throw arity(call.name, 3);
  return { sql: `ts_date_diff('${unit}', ${timeOf(context.value(from)).sql}, ${timeOf(context.value(to)).sql}, '${type.kind}')`, type };
};

const datePart: Emit = (call, context) => {
  const unit = unitOf(call);
  const [, value] = call.arguments;
  if (!value || call.arguments.length !== 2) throw arity('DATEPART', 2);
  return { sql: `ts_date_part('${unit}', ${timeOf(context.value(value)).sql})`, type: types.int };
};

const coalesce: Emit = (call, context) => {
  if (call.arguments.length < 2) throw arity('COALESCE', 2);
  const values = call.arguments.map((argument) => context.value(argument));
  const type = values.map((value) => value.type).reduce(common);
  return { sql: `coalesce(${values.map((value) => coerce(value, type)).join(', ')})`, type };
};

const aggregate = (call: Call, context: CallContext): Typed => {
  const [argument] = call.arguments;
  if (!argument || call.arguments.length !== 1) throw arity(call.name, 1);
  return context.value(argument);
};

const count = (type: SqlType): Emit => (call, context) => {
  if (call.star) return { sql: 'count(*)', type, nullable: false };
  const value = aggregate(call, context);
  return { sql: `count(${call.distinct ? `DISTINCT ${groupKey(value)}` : value.sql})`, type, nullable: false };
};

const sum: Emit = (call, context) => {
  const { sql, type } = aggregate(call, context);
  if (!isNumeric(type) || type.kind === 'bit') throw new TsqlError(8117, `Operand data type ${type.kind} is invalid for sum operator.`, { effect: 'batch' });
  const result = type.kind === 'bigint' || !isInteger(type) ? type : types.int;
  return { sql: `sum(${call.distinct ? 'DISTINCT ' : ''}${sql})`, type: result };
};

const average: Emit = (call, context) => {
  const { sql, type } = aggregate(call, context);
  if (isApproximate(type)) return { sql: `avg(${sql})`, type };
  if (!isInteger(type)) throw outside(`AVG of ${type.kind}`);
  return { sql: `(sum(${sql}) / count(${sql}))`, type: type.kind === 'bigint' ? type : types.int };
};

const extreme = (name: string): Emit => (call, context) => {
  const { sql, type } = aggregate(call, context);
  if (type.kind === 'uniqueidentifier' || type.kind === 'bit') throw new TsqlError(8117, `Operand data type ${type.kind} is invalid for ${name} operator.`, { effect: 'batch' });
  return { sql: `${name}(${sql})`, type };
};

const stringAgg: Emit = (call, context) => {
  const [value, separator] = call.arguments.map((argument) => context.value(argument));
  if (!value || !separator) throw arity('STRING_AGG', 2);
  const order = call.within.length > 0 ? ` ORDER BY ${context.orderBy(call.within)}` : '';
  return { sql: `group_concat(${text(value)}, ${text(separator)}${order})`, type: isString(value.type) ? { ...value.type, length: MAX } : types.text };
};

const ranking = (name: string): Emit => (call) => {
  if (!call.over) throw new TsqlError(10753, `The function '${name}' must have an OVER clause.`, { severity: 15, effect: 'batch' });
  return { sql: `${name}()`, type: types.bigint, nullable: false };
};

const neighbour = (name: string): Emit => (call, context) => {
  const values = call.arguments.map((argument) => context.value(argument));
  return { sql: `${name}(${values.map(({ sql }) => sql).join(', ')})`, type: values[0]?.type ?? types.int };
};

const constantText = (expression: Expression | undefined): string | undefined => (expression?.node === 'literal' && expression.of === 'string' ? expression.text : undefined);

const objectName = (name: string) => {
  const parts = name.split('.').map((part) => part.replace(/^\[(.*)\]$/, '$1'));
  return { schema: parts.length > 1 ? parts[0] : undefined, name: parts.at(-1) ?? '' };
};

/** Answered when the statement is compiled; a definition compiles it again. */
const objectId: Emit = (call, { emitter }) => {
  const name = constantText(call.arguments[0]);
  if (name === undefined) throw outside('OBJECT_ID of anything but a literal');
  const kind = constantText(call.arguments[1])?.toUpperCase();
  const wanted = storageName(objectName(name));
  const { tables, functions: predicates, policies } = emitter.catalog;
  const among = [...(kind === undefined || kind === 'U' ? tables : []), ...(kind === undefined || kind === 'IF' ? predicates : []), ...(kind === undefined || kind === 'SP' ? policies : [])];
  return { sql: String(among.find(({ storage }) => storage === wanted)?.id ?? 'NULL'), type: types.int };
};

const columnLength: Emit = (call, { emitter }) => {
  const [table, column] = call.arguments.map(constantText);
  if (table === undefined || column === undefined) throw outside('COL_LENGTH of anything but literals');
  const found = emitter.catalog.find(objectName(table))?.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  return { sql: found ? String(lengthOf(found.type)) : 'NULL', type: types.smallint };
};

const schemaId: Emit = (call, { emitter }) => {
  const name = constantText(call.arguments[0]) ?? 'dbo';
  const index = emitter.catalog.state.schemas.findIndex((schema) => schema.toLowerCase() === name.toLowerCase());
  return { sql: index < 0 ? 'NULL' : String(index + 5), type: types.int };
};

const jsonValue = (name: string, type: SqlType): Emit => (call, context) => {
  const [json, path] = call.arguments;
  if (!json) throw arity(name, 2);
  const at = path ? constantText(path) : '$';
  if (at === undefined) throw outside(`${name} with a path that is no literal`);
  return { sql: `ts_${name.toLowerCase()}(${text(context.value(json))}, ${literal(JSON.stringify(parsePath(at)))})`, type };
};

const now = (scale: number, type: SqlType): Emit => (_call, { emitter }) => ({ sql: emitter.bind({ from: 'now', scale }), type, nullable: false });

const sessionContext: Emit = (call, { emitter }) => ({ sql: emitSessionContext(call.arguments[0], emitter), type: types.variant });

const rounding = (name: string): Emit => fixed(1, ([a]) => (isInteger(a.type) ? a : isApproximate(a.type) ? { sql: `${name}(${a.sql})`, type: a.type } : { sql: `ts_decimal_${name}(${a.sql}, ${a.type.scale})`, type: types.decimal(18, 0) }));

/** The functions of the subset. What is not here is 195. https://learn.microsoft.com/sql/t-sql/functions/functions */
export const functionTable: Readonly<Record<string, Emit>> = {
  COUNT: count(types.int),
  COUNT_BIG: count(types.bigint),
  SUM: sum,
  AVG: average,
  MIN: extreme('min'),
  MAX: extreme('max'),
  STRING_AGG: stringAgg,
  ROW_NUMBER: ranking('row_number'),
  RANK: ranking('rank'),
  DENSE_RANK: ranking('dense_rank'),
  LAG: neighbour('lag'),
  LEAD: neighbour('lead'),

  COALESCE: coalesce,
  ISNULL: fixed(2, ([a, b]) => {
    const type = a.type.kind === 'null' ? b.type : a.type;
    return { sql: `ifnull(${a.sql}, ${coerce(b, type, { cast: true })})`, type };
  }),
  NULLIF: fixed(2, ([a, b]) => ({ sql: `iif(${compare('=', a, b)}, NULL, ${a.sql})`, type: a.type })),
  IIF: (call, context) => {
    const [test, yes, no] = call.arguments;
    if (!test || !yes || !no || call.arguments.length !== 3) throw arity('IIF', 3);
    const [a, b] = [context.value(yes), context.value(no)];
    const type = common(a.type, b.type);
    return { sql: `iif(${context.condition(test)}, ${coerce(a, type)}, ${coerce(b, type)})`, type };
  },

  SYSUTCDATETIME: now(7, types.datetime2(7)),
  SYSDATETIME: now(7, types.datetime2(7)),
  GETUTCDATE: now(3, types.datetime),
  GETDATE: now(3, types.datetime),
  CURRENT_TIMESTAMP: now(3, types.datetime),
  SYSDATETIMEOFFSET: now(7, types.datetimeoffset(7)),
  DATEADD: dateAdd,
  DATEDIFF: dateDiff(types.int),
  DATEDIFF_BIG: dateDiff(types.bigint),
  DATEPART: datePart,
  YEAR: fixed(1, ([a]) => ({ sql: `ts_date_part('year', ${timeOf(a).sql})`, type: types.int })),
  MONTH: fixed(1, ([a]) => ({ sql: `ts_date_part('month', ${timeOf(a).sql})`, type: types.int })),
  DAY: fixed(1, ([a]) => ({ sql: `ts_date_part('day', ${timeOf(a).sql})`, type: types.int })),

  NEWID: plain(types.uniqueidentifier, 'ts_new_id()'),
  NEWSEQUENTIALID: plain(types.uniqueidentifier, 'ts_new_id()'),

  LEN: fixed(1, ([a]) => ({ sql: `ts_len(${text(a)})`, type: types.int })),
  DATALENGTH: fixed(1, ([a]) => ({ sql: isString(a.type) ? `(ts_units(${a.sql}) * ${a.type.kind.startsWith('n') ? 2 : 1})` : a.type.kind === 'binary' || a.type.kind === 'varbinary' ? `length(${a.sql})` : `iif(${a.sql} IS NULL, NULL, ${lengthOf(a.type)})`, type: types.int })),
  LEFT: fixed(2, ([a, b]) => ({ sql: `ts_left(${text(a)}, ${integer(b)})`, type: sameText(a) })),
  RIGHT: fixed(2, ([a, b]) => ({ sql: `ts_right(${text(a)}, ${integer(b)})`, type: sameText(a) })),
  SUBSTRING: fixed(3, ([a, b, c]) => ({ sql: `ts_substring(${text(a)}, ${integer(b)}, ${integer(c)})`, type: sameText(a) })),
  CHARINDEX: (call, context) => {
    const [needle, hay, start] = call.arguments.map((argument) => context.value(argument));
    if (!needle || !hay) throw arity('CHARINDEX', 2);
    return { sql: `ts_char_index(${text(needle)}, ${text(hay)}, ${start ? integer(start) : '1'})`, type: types.int };
  },
  REPLACE: fixed(3, ([a, b, c]) => ({ sql: `${sortsInsensitively(a.type, b.type) ? 'ts_replace' : 'replace'}(${text(a)}, ${text(b)}, ${text(c)})`, type: sameText(a, 8000) })),
  UPPER: textFunction('ts_upper'),
  LOWER: textFunction('ts_lower'),
  TRIM: textFunction('trim'),
  LTRIM: textFunction('ltrim'),
  RTRIM: textFunction('rtrim'),
  REPLICATE: fixed(2, ([a, b]) => ({ sql: `ts_replicate(${text(a)}, ${integer(b)})`, type: isString(a.type) && a.type.length === MAX ? a.type : sameText(a, a.type.kind.startsWith('n') ? 4000 : 8000) })),
  CONCAT: (call, context) => {
    const values = call.arguments.map((argument) => context.value(argument));
    const national = values.some(({ type }) => type.kind.startsWith('n') && type.kind !== 'null');
    return { sql: `(${values.map((value) => `ifnull(${text(value)}, '')`).join(' || ')})`, type: values.some(({ type }) => type.length === MAX) ? types.text : (national ? types.nvarchar(4000) : types.varchar(8000)), nullable: false };
  },

  ABS: fixed(1, ([a]) => ({ sql: `abs(${a.sql})`, type: a.type })),
  SIGN: fixed(1, ([a]) => ({ sql: `sign(${a.sql})`, type: a.type })),
  FLOOR: rounding('floor'),
  CEILING: rounding('ceil'),

  JSON_VALUE: jsonValue('JSON_VALUE', types.nvarchar(4000)),
  JSON_QUERY: jsonValue('JSON_QUERY', types.text),
  ISJSON: fixed(1, ([a]) => ({ sql: `ts_isjson(${text(a)})`, type: types.int })),

  ERROR_NUMBER: caught('number', types.int),
  ERROR_MESSAGE: caught('message', types.nvarchar(4000)),
  ERROR_SEVERITY: caught('severity', types.int),
  ERROR_STATE: caught('state', types.int),
  ERROR_LINE: caught('line', types.int),
  ERROR_PROCEDURE: caught('procedure', types.sysname),
  XACT_STATE: (_call, { emitter }) => ({ sql: emitter.bind({ from: 'xact state' }), type: types.smallint }),
  SCOPE_IDENTITY: (_call, { emitter }) => ({ sql: emitter.bind({ from: 'identity' }), type: types.decimal(18, 0) }),
  ROWCOUNT_BIG: (_call, { emitter }) => ({ sql: emitter.bind({ from: 'rowcount' }), type: types.bigint }),
  DB_NAME: (_call, { emitter }) => ({ sql: emitter.bind({ from: 'database' }), type: types.sysname }),
  SESSION_CONTEXT: sessionContext,
  OBJECT_ID: objectId,
  COL_LENGTH: columnLength,
  SCHEMA_ID: schemaId,
  SCHEMA_NAME: plain(types.sysname, "'dbo'"),
  // There are no users, so nobody has an id.
  DATABASE_PRINCIPAL_ID: plain(types.int, 'NULL'),
  SUSER_SNAME: plain(types.sysname, "'sa'"),
};

export function functions(call: Call, context: CallContext): Typed {
  const emit = Object.hasOwn(functionTable, call.name) ? functionTable[call.name] : undefined;
  if (!emit) throw unknownFunction(call.name);
  return emit(call, context);
}

