import type { Broker, Entity } from '../broker.ts';
import { condition, Refusal } from '../errors.ts';
import { compileRule, type CorrelationField, correlationFields, type Filter, type Rule } from '../rule/rule.ts';
import type { Subscription } from '../topic.ts';
import { durable, type OperationResult, type RequestBody, whole } from './management.ts';
import { types } from './rhea-link.ts';

/** Names of the correlation fields on the wire, in the order of `correlationFields` (specification §11.1). */
const wireNames = ['correlation-id', 'message-id', 'to', 'reply-to', 'label', 'session-id', 'reply-to-session-id', 'content-type'] as const;

/** Descriptors of `enumerate-rules`. Filters have one zero fewer than the other three; that is how the service has it. */
const descriptor = {
  rule: 0x0000_0137_0000_0004,
  emptyAction: 0x0000_0137_0000_0005,
  sqlAction: 0x0000_0137_0000_0006,
  sqlFilter: 0x13_7000_0006,
  trueFilter: 0x13_7000_0007,
  falseFilter: 0x13_7000_0008,
  correlationFilter: 0x13_7000_0009,
} as const;

export async function addRule(body: RequestBody, entity: Entity, broker: Broker): Promise<OperationResult> {
  const subscription = subscriptionOf(entity);
  const name = String(body['rule-name'] ?? '');
  if (subscription.rules.some((rule) => rule.name.toLowerCase() === name.toLowerCase())) {
    throw new Refusal(condition.entityAlreadyExists, `The messaging entity '${entity.path}/Rules/${name}' already exists.`);
  }
  const description = (body['rule-description'] ?? {}) as RequestBody;
  broker.setRules(subscription, [...subscription.rules, compileRule(name, filterOf(description), actionOf(description))]);
  await durable(broker);
  return {};
}

export async function removeRule(body: RequestBody, entity: Entity, broker: Broker): Promise<OperationResult> {
  const subscription = subscriptionOf(entity);
  const name = String(body['rule-name'] ?? '').toLowerCase();
  const left = subscription.rules.filter((rule) => rule.name.toLowerCase() !== name);
  if (left.length === subscription.rules.length) throw new Refusal(condition.notFound, `The messaging entity '${entity.path}/Rules/${name}' could not be found.`);
  broker.setRules(subscription, left);
  await durable(broker);
  return {};
}

export function enumerateRules(body: RequestBody, entity: Entity): OperationResult {
  const sorted = subscriptionOf(entity).rules.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const skip = whole(body['skip']);
  const page = sorted.slice(skip, skip + whole(body['top']));
  return page.length === 0 ? undefined : { rules: page.map((rule) => ({ 'rule-description': described(rule) })) };
}

function subscriptionOf(entity: Entity): Subscription {
  if (entity.kind !== 'subscription') throw new Refusal(condition.notAllowed, `'${entity.path}' is no subscription and has no rules.`);
  return entity.subscription;
}

function actionOf(description: RequestBody): string | undefined {
  const action = description['sql-rule-action'] as { expression?: unknown } | null | undefined;
  return typeof action?.expression === 'string' ? action.expression : undefined;
}

function filterOf(description: RequestBody): Filter {
  const sql = description['sql-filter'] as { expression?: unknown } | null | undefined;
  if (sql) return { kind: 'sql', expression: String(sql.expression) };
  const correlation = description['correlation-filter'] as Record<string, unknown> | null | undefined;
  if (!correlation) throw new Refusal(condition.argumentError, 'The rule has neither a SQL filter nor a correlation filter.');
  const fields: Partial<Record<CorrelationField, string>> = {};
  correlationFields.forEach((field, index) => {
    const value = correlation[wireNames[index] ?? ''];
    if (typeof value === 'string') fields[field] = value;
  });
  return { kind: 'correlation', fields, properties: plainProperties(correlation['properties']) };
}

function plainProperties(properties: unknown): Record<string, string | number | boolean> {
  const plain: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries((properties ?? {}) as Record<string, unknown>)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') plain[key] = value;
    else throw new Refusal(condition.notImplemented, `The property '${key}' of the correlation filter has a type that is not supported.`);
  }
  return plain;
}

function described({ name, filter, action }: Rule): unknown {
  return list(descriptor.rule, [describedFilter(filter), action === undefined ? list(descriptor.emptyAction, []) : list(descriptor.sqlAction, [action]), name]);
}

function describedFilter(filter: Filter): unknown {
  switch (filter.kind) {
    case 'true':
      return list(descriptor.trueFilter, []);
    case 'false':
      return list(descriptor.falseFilter, []);
    case 'sql':
      return list(descriptor.sqlFilter, [filter.expression]);
    case 'correlation':
      return list(descriptor.correlationFilter, [...correlationFields.map((field) => filter.fields[field] ?? null), filter.properties]);
  }
}

function list(code: number, items: readonly unknown[]): unknown {
  return types.described_nc(types.wrap_ulong(code), types.wrap_list(items as never));
}
