import { condition, Refusal } from '../errors.ts';
import { compileRule, type CorrelationField, correlationFields, type Filter, type Rule } from '../rule/rule.ts';
import { DESCRIPTION } from './atom.ts';
import { descend, escape, tag, type XmlElement } from './xml.ts';

/** A rule as the administration client reads it (specification §15.3). */
export function describeRule({ name, filter, action }: Rule): string {
  const actionXml = action === undefined ? tag('Action', '', 'i:type="EmptyRuleAction"') : tag('Action', tag('SqlExpression', escape(action)), 'i:type="SqlRuleAction"');
  return tag('RuleDescription', filterXml(filter) + actionXml + tag('Name', escape(name)), DESCRIPTION);
}

function filterXml(filter: Filter): string {
  switch (filter.kind) {
    case 'true':
      return tag('Filter', tag('SqlExpression', '1=1'), 'i:type="TrueFilter"');
    case 'false':
      return tag('Filter', tag('SqlExpression', '1=0'), 'i:type="FalseFilter"');
    case 'sql':
      return tag('Filter', tag('SqlExpression', escape(filter.expression)), 'i:type="SqlFilter"');
    case 'correlation': {
      const fields = correlationFields.flatMap((field) => (filter.fields[field] === undefined ? [] : [tag(field, escape(filter.fields[field]))]));
      const pairs = Object.entries(filter.properties).map(([key, value]) => tag('KeyValueOfstringanyType', tag('Key', escape(key)) + valueXml(value)));
      return tag('Filter', fields.join('') + (pairs.length > 0 ? tag('Properties', pairs.join('')) : ''), 'i:type="CorrelationFilter"');
    }
  }
}

/** The SDK cuts five characters off the type, so the prefix has four and a colon. */
function valueXml(value: string | number | boolean): string {
  const type = typeof value === 'number' ? (Number.isInteger(value) ? 'int' : 'double') : typeof value;
  return tag('Value', escape(String(value)), `i:type="d6p1:${type}" xmlns:d6p1="http://www.w3.org/2001/XMLSchema"`);
}

/** @throws Refusal when the rule cannot be understood or is not supported. */
export function readRule(description: XmlElement, name: string): Rule {
  const action = descend(description, 'Action', 'SqlExpression')?.text;
  for (const part of ['Filter', 'Action']) {
    if ((descend(description, part, 'Parameters')?.children.length ?? 0) > 0) throw new Refusal(condition.notImplemented, 'Parameters of SQL expressions are not supported by this stand-in.');
  }
  return compileRule(name, readFilter(descend(description, 'Filter')), action);
}

function readFilter(filter: XmlElement | undefined): Filter {
  if (!filter) return { kind: 'true' };
  switch (filter.attributes['type']) {
    case 'TrueFilter':
      return { kind: 'true' };
    case 'FalseFilter':
      return { kind: 'false' };
    case 'SqlFilter':
      return { kind: 'sql', expression: descend(filter, 'SqlExpression')?.text ?? '' };
    case 'CorrelationFilter': {
      const fields: Partial<Record<CorrelationField, string>> = {};
      for (const field of correlationFields) {
        const value = descend(filter, field)?.text;
        if (value) fields[field] = value;
      }
      const pairs = descend(filter, 'Properties')?.children ?? [];
      return { kind: 'correlation', fields, properties: Object.fromEntries(pairs.map((pair) => [descend(pair, 'Key')?.text ?? '', readValue(descend(pair, 'Value'))])) };
    }
    default:
      throw new Refusal(condition.notImplemented, `Filters of type '${String(filter.attributes['type'])}' are not supported.`);
  }
}

function readValue(value: XmlElement | undefined): string | number | boolean {
  const text = value?.text ?? '';
  switch (value?.attributes['type']?.replace(/^.*:/, '')) {
    case 'string':
      return text;
    case 'int':
    case 'long':
    case 'double':
      return Number(text);
    case 'boolean':
      return text === 'true';
    default:
      throw new Refusal(condition.notImplemented, `Properties of type '${String(value?.attributes['type'])}' are not supported in correlation filters.`);
  }
}
