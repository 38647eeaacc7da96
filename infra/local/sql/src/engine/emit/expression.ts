import type { Binary, Call, Case, Comparison, Expression, In, Like, Literal, Ordering, Variable } from '../../tsql/node/expression.ts';
import type { Query } from '../../tsql/node/query.ts';
import { collationOf } from '../../tsql/parse/create-table.ts';
import { common, isApproximate, isInteger, isNumeric, isString, isTime, range, type as types, typeName, type SqlType } from '../../value/sql-type.ts';
import { literal, quote } from '../catalog.ts';
import { clash, collationConflict, notACondition, outside, TsqlError } from '../error.ts';
import { functions } from '../function/index.ts';
import { coerce, type Typed } from './coerce.ts';
import type { Emitter } from './emitter.ts';
import { holdsAggregate } from './grouping.ts';
import { emitQuery } from './query.ts';
import type { Scope } from './scope.ts';
import { emitCutContext } from './session-context.ts';
import { systemVariable } from './system-variable.ts';

/** A value. Fails when the expression is a predicate: T-SQL has no boolean values. */
export function emitValue(expression: Expression, scope: Scope, emitter: Emitter): Typed {
  const typed = emitExpression(expression, scope, emitter);
  if (typed.type.kind === 'boolean') throw new TsqlError(102, 'Incorrect syntax: a condition is used where a value is expected.', { severity: 15, effect: 'batch' });
  return typed;
}

/** A condition. Fails with 4145 when the expression is a value. */
export function emitCondition(expression: Expression, scope: Scope, emitter: Emitter): string {
  const typed = emitExpression(expression, scope, emitter);
  if (typed.type.kind !== 'boolean') throw notACondition(typed.sql);
  return typed.sql;
}

const condition = (sql: string): Typed => ({ sql, type: types.boolean });

function emitExpression(expression: Expression, scope: Scope, emitter: Emitter): Typed {
  switch (expression.node) {
    case 'literal': return emitLiteral(expression);
    case 'variable': return emitVariable(expression, emitter);
    case 'column': return scope.find(expression.qualifier, expression.name);
    case 'unary': {
      const { sql, type } = emitValue(expression.operand, scope, emitter);
      if (!isNumeric(type)) throw clash(typeName(type), 'a number');
      return expression.operator === '+' ? { sql, type } : { sql: `(${expression.operator}${sql})`, type };
    }
    case 'binary': return emitBinary(expression, scope, emitter);
    case 'comparison': return emitComparison(expression, scope, emitter);
    case 'logic': return condition(`(${emitCondition(expression.left, scope, emitter)} ${expression.operator} ${emitCondition(expression.right, scope, emitter)})`);
    case 'not': return condition(`(NOT ${emitCondition(expression.operand, scope, emitter)})`);
    case 'is null': return condition(`(${emitValue(expression.operand, scope, emitter).sql} IS ${expression.negated ? 'NOT ' : ''}NULL)`);
    case 'like': return emitLike(expression, scope, emitter);
    case 'in': return emitIn(expression, scope, emitter);
    case 'between': {
      const operand = emitValue(expression.operand, scope, emitter);
      const low = compare('>=', operand, emitValue(expression.low, scope, emitter));
      const high = compare('<=', operand, emitValue(expression.high, scope, emitter));
      return condition(`(${expression.negated ? 'NOT ' : ''}(${low} AND ${high}))`);
    }
    case 'exists': return condition(`EXISTS (${emitQuery(expression.query, scope, emitter, { exists: true }).sql})`);
    case 'case': return emitCase(expression, scope, emitter);
    case 'call': return emitCall(expression, scope, emitter);
    case 'cast': {
      const context = emitCutContext(expression, emitter);
      if (context !== undefined) return { sql: context, type: expression.type };
      const operand = emitValue(expression.operand, scope, emitter);
      const to = isString(expression.type) ? { ...expression.type, collation: operand.type.collation, isCollated: operand.type.isCollated } : expression.type;
      if (!expression.isTry) return { sql: coerce(operand, to, { cast: true, style: expression.style }), type: to };
      if (!isString(operand.type)) throw outside('TRY_CAST / TRY_CONVERT of anything but text');
      return { sql: isString(to) ? coerce(operand, to, { cast: true }) : `ts_try(${operand.sql}, '${to.kind}', ${to.scale})`, type: to };
    }
    case 'scalar query': {
      const { sql, columns } = emitQuery(expression.query, scope, emitter);
      const [column, another] = columns;
      if (!column || another) throw new TsqlError(116, 'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.', { effect: 'batch' });
      if (isOneRow(expression.query)) return { sql: `(${sql})`, type: column.type };
      const value = `"$one".${quote(column.storage)}`;
      return { sql: `(SELECT CASE WHEN count(*) > 1 THEN ts_many_rows(count(*)) ELSE max(${value}) END FROM (${sql}) AS "$one")`, type: column.type };
    }
    case 'collate': {
      const { sql, type } = emitValue(expression.operand, scope, emitter);
      if (!isString(type)) throw clash(typeName(type), 'a string');
      return { sql, type: { ...type, collation: /^database_default$/i.test(expression.collation) ? 'insensitive' : collationOf(expression.collation), isCollated: true } };
    }
    case 'default': throw new TsqlError(156, "Incorrect syntax near the keyword 'DEFAULT'.", { severity: 15, effect: 'batch' });
    default: return expression satisfies never;
  }
}

/** TOP (1), or an aggregate of everything: a subquery that need not be counted. */
const isOneRow = ({ body }: Query): boolean =>
  body.node === 'select' && ((body.top?.node === 'literal' && body.top.text === '1') || (body.groupBy.length === 0 && holdsAggregate(body.items)) || body.from === undefined);

function emitLiteral({ of, text, national }: Literal): Typed {
  switch (of) {
    case 'null': return { sql: 'NULL', type: types.null };
    case 'integer': {
      const digits = text.replace(/^0+(?=\d)/, '');
      if (digits.length > 18) throw outside(`The number ${text}`);
      return { sql: digits, type: Number(digits) <= 2_147_483_647 ? types.int : types.bigint };
    }
    case 'decimal': {
      const [whole = '', fraction = ''] = text.split('.');
      return { sql: `${whole}${fraction}`.replace(/^0+(?=\d)/, ''), type: types.decimal(Math.max(1, whole.length + fraction.length), fraction.length) };
    }
    case 'float': return { sql: text.includes('.') ? text : text.replace(/e/i, '.0e'), type: types.float };
    case 'binary': return { sql: `x'${text.length % 2 ? '0' : ''}${text}'`, type: types.varbinary(Math.max(1, Math.ceil(text.length / 2))) };
    case 'string': {
      const type = (national ? types.nvarchar : types.varchar)(Math.max(1, text.length));
      return { sql: literal(text), type, text };
    }
    default: return of satisfies never;
  }
}

function emitVariable({ name, line }: Variable, emitter: Emitter): Typed {
  if (name.startsWith('@@')) return systemVariable(name, emitter);
  const parameter = emitter.parameters.get(name);
  if (parameter) return parameter;
  const { slot, type } = emitter.variables.find(name, line);
  return { sql: emitter.bind({ from: 'slot', slot, whole: isInteger(type) || type.kind === 'decimal' || isTime(type) || type.kind === 'rowversion' }), type };
}

function emitBinary({ operator, left, right }: Binary, scope: Scope, emitter: Emitter): Typed {
  const a = emitValue(left, scope, emitter);
  const b = emitValue(right, scope, emitter);
  if (operator === '+' && isString(a.type) && isString(b.type)) {
    const length = a.type.length + b.type.length;
    const type = common(a.type, b.type);
    return { sql: `(${a.sql} || ${b.sql})`, type: { ...type, length: length > 8000 ? Number.POSITIVE_INFINITY : length } };
  }
  if (operator === '+' && ((isString(a.type) && b.type.kind === 'null') || (isString(b.type) && a.type.kind === 'null'))) return { sql: 'NULL', type: isString(a.type) ? a.type : b.type };
  const type = common(a.type, b.type);
  if (type.kind === 'null') return { sql: 'NULL', type: types.int };
  if (!isNumeric(type)) {
    throw new TsqlError(402, `The data types ${typeName(a.type)} and ${typeName(b.type)} are incompatible in the ${operator} operator (text joins only text here: CAST first).`, { effect: 'batch' });
  }
  if (operator === '&' || operator === '|' || operator === '^') {
    if (!isInteger(type)) throw clash(typeName(type), 'int');
    return operator === '^' ? { sql: `((${a.sql} | ${b.sql}) - (${a.sql} & ${b.sql}))`, type } : { sql: `(${a.sql} ${operator} ${b.sql})`, type };
  }
  return type.kind === 'decimal' ? decimalArithmetic(operator, a, b, type) : plainArithmetic(operator, a, b, type);
}

function plainArithmetic(operator: string, a: Typed, b: Typed, type: SqlType): Typed {
  const left = coerce(a, type);
  const right = coerce(b, type);
  if (operator !== '/' && operator !== '%') return { sql: inRange(`(${left} ${operator} ${right})`, type, isPlain(left) && isPlain(right)), type };
  // SQLite answers NULL for a division by zero, T-SQL error 8134. A constant divisor needs no watching.
  const divisor = /^[1-9]\d*$/.test(right) ? right : `ts_divisor(${right})`;
  if (operator === '%' && isApproximate(type)) throw outside('% of approximate numbers');
  return { sql: `(${left} ${operator} ${isInteger(type) && divisor !== right ? `CAST(${divisor} AS INTEGER)` : divisor})`, type };
}

/** A column, a parameter, a number: nothing that costs to be worked out twice. */
const isPlain = (sql: string) => /^(?:\?\d+|\d+|(?:"[^"]+"\.)?"[^"]+")$/.test(sql);

/**
 * SQLite counts in 64 bits whatever the type, and in floating numbers beyond. Where the result is cheap SQLite looks itself whether it fits, because a
 * call into JavaScript is a sixth of a small UPDATE; the call is left for what does not fit, and fails.
 */
function inRange(sql: string, type: SqlType, isCheap: boolean): string {
  if (type.kind === 'bigint') return isCheap ? `CASE typeof${sql} WHEN 'integer' THEN ${sql} ELSE ts_whole(${sql}) END` : `ts_whole(${sql})`;
  if (!isInteger(type)) return sql;
  const [low, high] = range[type.kind] ?? [];
  const checked = `ts_range(${sql}, '${type.kind}')`;
  return isCheap && low !== undefined && high !== undefined ? `CASE WHEN ${sql} BETWEEN ${low} AND ${high} THEN ${sql} ELSE ${checked} END` : checked;
}

/** Decimals are integers scaled by their type; a product widens the scale, a quotient is left to the services. */
function decimalArithmetic(operator: string, a: Typed, b: Typed, type: SqlType): Typed {
  if (operator === '+' || operator === '-') return { sql: `(${coerce(a, type)} ${operator} ${coerce(b, type)})`, type };
  if (operator !== '*') throw outside(`${operator} of DECIMAL`);
  const scaleOf = (t: SqlType) => (t.kind === 'decimal' ? t.scale : 0);
  return { sql: `(${a.sql} * ${b.sql})`, type: types.decimal(18, scaleOf(a.type) + scaleOf(b.type)) };
}

function emitComparison({ operator, left, right }: Comparison, scope: Scope, emitter: Emitter): Typed {
  return condition(compare(operator, emitValue(left, scope, emitter), emitValue(right, scope, emitter)));
}

/** Both sides are brought to the type that wins; text compares by collation, a uniqueidentifier in the server's order. */
export function compare(operator: string, a: Typed, b: Typed): string {
  if (a.type.isVariant || b.type.isVariant) throw outside('Comparing a sql_variant (SESSION_CONTEXT) without CAST');
  const type = common(a.type, b.type);
  if (isString(type)) {
    const key = sortsInsensitively(a.type, b.type) ? (x: string) => `ts_key(${x})` : (x: string) => x;
    return `(${key(a.sql)} ${operator} ${key(b.sql)})`;
  }
  const left = coerce(a, type);
  const right = coerce(b, type);
  if (type.kind === 'uniqueidentifier' && operator !== '=' && operator !== '<>') return `(ts_guid_order(${left}) ${operator} ts_guid_order(${right}))`;
  return `(${left} ${operator} ${right})`;
}

/**
 * Collation precedence: COLLATE decides over a column, a column over a literal or variable; two of a kind must agree (468).
 * https://learn.microsoft.com/sql/t-sql/statements/collation-precedence-transact-sql
 */
export function sortsInsensitively(a: SqlType, b: SqlType = a): boolean {
  if (a.isCollated !== true && b.isCollated === true) return b.collation !== 'binary';
  if (a.isCollated === true && b.isCollated !== true) return a.collation !== 'binary';
  if (a.collation && b.collation && a.collation !== b.collation) throw collationConflict();
  return (a.collation ?? b.collation) !== 'binary';
}

/** SQLite's LIKE ignores the case of ASCII, which is what the default collation does; a binary one needs GLOB-like exactness. */
function emitLike({ operand, pattern, escape, negated }: Like, scope: Scope, emitter: Emitter): Typed {
  const value = emitValue(operand, scope, emitter);
  const like = emitValue(pattern, scope, emitter);
  if (!isString(value.type) || !isString(like.type)) throw outside('LIKE on anything but text');
  const insensitive = sortsInsensitively(value.type, like.type);
  const by = escape ? emitValue(escape, scope, emitter).sql : 'NULL';
  return condition(`(${negated ? 'NOT ' : ''}ts_like(${value.sql}, ${like.sql}, ${by}, ${insensitive ? 1 : 0}))`);
}

function emitIn({ operand, list, negated }: In, scope: Scope, emitter: Emitter): Typed {
  const value = emitValue(operand, scope, emitter);
  const not = negated ? 'NOT ' : '';
  if (!('node' in list)) {
    const items = list.map((item) => emitValue(item, scope, emitter));
    const plain = items.every(({ type }) => type.kind === 'null' || (type.kind === value.type.kind && !isString(type)) || (isInteger(type) && isInteger(value.type)) || (isString(type) && isString(value.type) && !sortsInsensitively(value.type, type)));
    if (plain) return condition(`(${value.sql} ${not}IN (${items.map(({ sql }) => sql).join(', ')}))`);
    // As long as a chain of ORs would be deep.
    const byKey = items.every(({ type }) => type.kind === 'null' || (isString(type) && !type.isVariant && isString(value.type) && !value.type.isVariant && sortsInsensitively(value.type, type)));
    if (byKey) return condition(`(ts_key(${value.sql}) ${not}IN (${items.map(({ sql }) => `ts_key(${sql})`).join(', ')}))`);
    return condition(`(${not}(${items.map((item) => compare('=', value, item)).join(' OR ')}))`);
  }
  const query = emitQuery(list, scope, emitter);
  const [column, another] = query.columns;
  if (!column || another) throw new TsqlError(116, 'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.', { effect: 'batch' });
  const type = common(value.type, column.type);
  const left = isString(type) ? value.sql : coerce(value, type);
  const inner = `"$in"."${column.storage}"`;
  const right = isString(type) ? inner : coerce({ sql: inner, type: column.type }, type);
  const key = isString(type) && sortsInsensitively(value.type, column.type) ? (x: string) => `ts_key(${x})` : (x: string) => x;
  if (key(right) === inner) return condition(`(${left} ${not}IN (${query.sql}))`);
  return condition(`(${key(left)} ${not}IN (SELECT ${key(right)} FROM (${query.sql}) AS "$in"))`);
}

function emitCase({ operand, branches, otherwise }: Case, scope: Scope, emitter: Emitter): Typed {
  const subject = operand && emitValue(operand, scope, emitter);
  const whens = branches.map(({ when }) => (subject ? compare('=', subject, emitValue(when, scope, emitter)) : emitCondition(when, scope, emitter)));
  const results = [...branches.map(({ then }) => then), ...(otherwise ? [otherwise] : [])].map((result) => emitValue(result, scope, emitter));
  const type = results.map((result) => result.type).reduce(common);
  const texts = results.map((result) => coerce(result, type));
  const end = otherwise ? ` ELSE ${texts.at(-1) ?? 'NULL'}` : '';
  return { sql: `CASE ${whens.map((when, i) => `WHEN ${when} THEN ${texts[i] ?? 'NULL'}`).join(' ')}${end} END`, type };
}

function emitCall(call: Call, scope: Scope, emitter: Emitter): Typed {
  const emitted = functions(call, {
    emitter,
    value: (expression) => emitValue(expression, scope, emitter),
    condition: (expression) => emitCondition(expression, scope, emitter),
    orderBy: (orderings) => emitOrderBy(orderings, scope, emitter),
  });
  if (!call.over) return emitted;
  const partition = call.over.partitionBy.length > 0 ? `PARTITION BY ${call.over.partitionBy.map((expression) => groupKey(emitValue(expression, scope, emitter))).join(', ')} ` : '';
  const order = call.over.orderBy.length > 0 ? `ORDER BY ${emitOrderBy(call.over.orderBy, scope, emitter)}` : '';
  return { ...emitted, sql: `${emitted.sql} OVER (${partition}${order})` };
}

export const emitOrderBy = (orderings: readonly Ordering[], scope: Scope, emitter: Emitter) =>
  orderings.map(({ expression, descending }) => `${sortKey(emitValue(expression, scope, emitter))}${descending ? ' DESC' : ''}`).join(', ');

/** What a value is ordered by. */
export function sortKey({ sql, type }: Typed): string {
  if (isString(type) && sortsInsensitively(type)) return `ts_key(${sql})`;
  return type.kind === 'uniqueidentifier' ? `ts_guid_order(${sql})` : sql;
}

/** What makes two values one group. */
export const groupKey = ({ sql, type }: Typed) => (isString(type) && sortsInsensitively(type) ? `ts_key(${sql})` : sql);
