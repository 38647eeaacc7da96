import { condition, Refusal } from '../errors.ts';
import type { RuleConfig } from '../topology.ts';
import { type FilterSubject, propertyName, systemFields } from './filter-subject.ts';
import { type Content, parseContent, withApplicationProperties } from '../wire/content.ts';
import { text } from '../wire/encode.ts';
import { compileSqlAction } from './sql-action.ts';
import { compileSqlFilter } from './sql-filter.ts';
import { compare, type SqlValue, sqlValue } from './sql-value.ts';

/** The fields of a correlation filter by the names of the configuration format, in the order of the wire (specification §11.1). */
export const correlationFields = ['CorrelationId', 'MessageId', 'To', 'ReplyTo', 'Label', 'SessionId', 'ReplyToSessionId', 'ContentType'] as const;
export type CorrelationField = (typeof correlationFields)[number];

export type Filter =
  | { readonly kind: 'sql'; readonly expression: string }
  | { readonly kind: 'correlation'; readonly fields: Readonly<Partial<Record<CorrelationField, string>>>; readonly properties: Readonly<Record<string, string | number | boolean>> }
  | { readonly kind: 'true' }
  | { readonly kind: 'false' };

/** A rule, compiled once. */
export interface Rule {
  readonly name: string;
  readonly filter: Filter;
  /** SQL of the action, when there is one. */
  readonly action?: string;
  readonly matches: (subject: FilterSubject) => boolean;
  /** What the action makes of a message. */
  readonly change?: (content: Content) => Content;
}

/** What a subscription has when nothing else was asked for (specification §11.2). */
export const defaultRule: Rule = { name: '$Default', filter: { kind: 'true' }, matches: () => true };

/** @throws Refusal when the filter cannot be understood. */
export function compileRule(name: string, filter: Filter, action?: string): Rule {
  return { name, filter, matches: compileFilter(filter), ...(action ? { action, change: compileChange(name, action) } : {}) };
}

/** A copy made by an action tells by which rule's (https://learn.microsoft.com/azure/service-bus-messaging/topic-filters). */
function compileChange(name: string, action: string): (content: Content) => Content {
  const change = compileSqlAction(action);
  const ruleName = new Map([['RuleName', text(name)]]);
  return (content) => parseContent(withApplicationProperties(change(content), ruleName));
}

function compileFilter(filter: Filter): (subject: FilterSubject) => boolean {
  switch (filter.kind) {
    case 'true':
      return () => true;
    case 'false':
      return () => false;
    case 'sql': {
      const predicate = compileSqlFilter(filter.expression);
      return (subject) => predicate(subject) === true;
    }
    case 'correlation':
      return compileCorrelation(filter.fields, filter.properties);
  }
}

/** All named fields and properties must be equal: exactly, and regardless of a number's width. */
function compileCorrelation(fields: Readonly<Partial<Record<CorrelationField, string>>>, properties: Readonly<Record<string, string | number | boolean>>): (subject: FilterSubject) => boolean {
  const tests: ((subject: FilterSubject) => boolean)[] = [];
  for (const field of correlationFields) {
    const expected = fields[field];
    const index = systemFields[field.toLowerCase()];
    if (expected === undefined || index === undefined) continue;
    tests.push((subject) => sqlValue(subject.system(index)) === expected);
  }
  for (const [key, expected] of Object.entries(properties)) {
    const name = propertyName(key);
    if (typeof expected === 'string') {
      const bytes = Buffer.from(expected, 'utf8');
      tests.push((subject) => subject.isText(name, bytes) === true);
    } else {
      const value: SqlValue = expected;
      tests.push((subject) => compare(sqlValue(subject.property(name)), value) === 0);
    }
  }
  return (subject) => tests.every((test) => test(subject));
}

/** A rule as the configuration file would write it. */
export function ruleToConfig({ name, filter, action }: Rule): RuleConfig {
  const Action = action === undefined ? {} : { Action: { SqlExpression: action } };
  switch (filter.kind) {
    case 'correlation':
      return { Name: name, Properties: { FilterType: 'Correlation', CorrelationFilter: { ...filter.fields, Properties: filter.properties }, ...Action } };
    case 'sql':
      return { Name: name, Properties: { FilterType: 'Sql', SqlFilter: { SqlExpression: filter.expression }, ...Action } };
    default:
      return { Name: name, Properties: { FilterType: 'Sql', SqlFilter: { SqlExpression: filter.kind === 'true' ? '1=1' : '1=0' }, ...Action } };
  }
}

/** A rule as the configuration file writes it. @throws Refusal */
export function ruleFromConfig({ Name, Properties }: RuleConfig): Rule {
  const action = Properties.Action?.SqlExpression;
  if (Properties.FilterType === 'Sql') {
    const expression = Properties.SqlFilter?.SqlExpression;
    if (expression === undefined) throw new Refusal(condition.argumentError, `Rule '${Name}' is a SQL filter without SqlFilter.SqlExpression.`);
    return compileRule(Name, { kind: 'sql', expression }, action);
  }
  const filter = Properties.CorrelationFilter;
  if (!filter) throw new Refusal(condition.argumentError, `Rule '${Name}' is a correlation filter without CorrelationFilter.`);
  const fields: Partial<Record<CorrelationField, string>> = {};
  for (const field of correlationFields) if (filter[field] !== undefined) fields[field] = filter[field];
  return compileRule(Name, { kind: 'correlation', fields, properties: filter.Properties ?? {} }, action);
}
