import type { Expression } from '../../tsql/node/expression.ts';
import type { Select } from '../../tsql/node/query.ts';
import { TsqlError } from '../error.ts';
import type { Scope } from './scope.ts';

/**
 * What SQLite lets pass and SQL Server does not: a column of a grouped query that is neither grouped nor added up (SQLite takes that of any row),
 * an aggregate in WHERE, and an order of distinct rows by what is not selected.
 */
export function checkGrouping(select: Select, orderBy: readonly Expression[], scope: Scope, text: (expression: Expression) => string): void {
  if (select.where && holdsAggregate(select.where)) throw new TsqlError(147, 'An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.', { severity: 15, effect: 'batch' });
  const items = select.items.flatMap((item) => (item.item === 'star' ? [] : [item.expression]));
  const isGrouped = select.groupBy.length > 0 || select.having !== undefined || items.some(holdsAggregate);
  if (!isGrouped) return;
  const keys = new Set(select.groupBy.map(text));
  const refuse = (name: string, clause: string, number: number) => {
    throw new TsqlError(number, `Column '${name}' is invalid in the ${clause} because it is not contained in either an aggregate function or the GROUP BY clause.`, { effect: 'batch' });
  };
  const visit = (value: unknown, clause: string, number: number): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const each of value) visit(each, clause, number);
      return;
    }
    const expression = value as Expression | { readonly node: 'query' };
    if (expression.node === 'query') return;
    if (expression.node === 'column') {
      if (isOwn(expression.qualifier, expression.name, scope) && !keys.has(text(expression))) refuse(expression.name, clause, number);
      return;
    }
    if (isAggregate(expression)) return;
    // A whole expression may be a key; what is not a value by itself (a branch of CASE, a part of a date) is looked into.
    if (keys.size > 0 && isComposite(expression) && keys.has(text(expression))) return;
    if (expression.node === 'call' && /^DATE(ADD|DIFF|DIFF_BIG|PART)$/.test(expression.name)) visit(expression.arguments.slice(1), clause, number);
    else visit(Object.values(expression), clause, number);
  };
  for (const item of items) visit(item, 'select list', 8120);
  if (select.having) visit(select.having, 'HAVING clause', 8121);
  const aliases = new Set(select.items.flatMap((item) => (item.item === 'expression' && item.alias !== undefined ? [item.alias.toLowerCase()] : [])));
  for (const expression of orderBy) if (!(expression.node === 'column' && expression.qualifier === undefined && aliases.has(expression.name.toLowerCase()))) visit(expression, 'ORDER BY clause', 8127);
}

const aggregateNames = new Set(['COUNT', 'COUNT_BIG', 'SUM', 'AVG', 'MIN', 'MAX', 'STRING_AGG']);
const isAggregate = (value: { readonly node?: string }) => value.node === 'call' && 'over' in value && value.over === undefined && 'name' in value && aggregateNames.has(String(value.name));
const isComposite = ({ node }: { readonly node: string }) => ['binary', 'unary', 'call', 'cast', 'case', 'collate'].includes(node);

/** Does it fold rows into one? Subqueries have rows of their own. */
export function holdsAggregate(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsAggregate);
  if ('node' in value && value.node === 'query') return false;
  return isAggregate(value) || Object.values(value).some(holdsAggregate);
}

const isOwn = (qualifier: string | undefined, name: string, scope: Scope) =>
  scope.sources.some(({ alias, columns }) => (qualifier === undefined || alias === qualifier.toLowerCase()) && columns.some((column) => column.name.toLowerCase() === name.toLowerCase()));
