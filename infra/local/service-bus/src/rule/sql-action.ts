import { type Content, parseContent, withApplicationProperties, withProperty } from '../wire/content.ts';
import { propertyValue } from '../wire/encode.ts';
import { FilterSubject } from './filter-subject.ts';
import { type ActionStep, parseSqlAction } from './sql-filter.ts';

/** `withApplicationProperties` takes an empty value for "remove". */
const REMOVED = Buffer.alloc(0);

/**
 * Compiles a rule's action (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-rule-action). Steps see what
 * earlier ones did. @throws Refusal naming what cannot be understood.
 */
export function compileSqlAction(sql: string): (content: Content) => Content {
  const steps = parseSqlAction(sql);
  return (content) => steps.reduce(apply, content);
}

function apply(content: Content, { target, value }: ActionStep): Content {
  const result = value?.(new FilterSubject(content)) ?? null;
  const encoded = propertyValue(result);
  const bytes = 'system' in target
    ? withProperty(content, target.system, encoded)
    : withApplicationProperties(content, new Map([[nameIn(content, target.user), value ? encoded : REMOVED]]));
  return parseContent(bytes);
}

/** Names are compared without regard to case; the message keeps its own spelling. */
function nameIn(content: Content, name: string): string {
  return new FilterSubject(content).spelling(name) ?? name;
}
