import type { Broker } from '../broker.ts';
import { condition, entityNotFound, Refusal } from '../errors.ts';
import type { Entity, SubscriptionEntity } from '../namespace.ts';
import { ruleToConfig } from '../rule/rule.ts';
import { DESCRIPTION, entry, errorBody, feed, type Resource } from './atom.ts';
import { describeEntity, readProperties } from './entity-description.ts';
import { describeRule, readRule } from './rule-description.ts';
import { descend, parseXml, tag, type XmlElement } from './xml.ts';

/** What the administration client sends, as far as it matters. */
export interface AdminRequest {
  readonly method: string;
  readonly url: URL;
  /** A PUT with `If-Match: *` changes what is there; without, it makes something new. */
  readonly isUpdate: boolean;
  readonly body: string;
}

export interface AdminAnswer {
  readonly status: number;
  readonly xml: string;
}

const PAGE = 100;
const LARGEST_PAGE = 1000;

const statusOf: Readonly<Record<string, number>> = { [condition.notFound]: 404, [condition.entityAlreadyExists]: 409, [condition.unauthorized]: 401 };

/** Serves `ServiceBusAdministrationClient` over HTTP and ATOM (specification §15). Answers once what was changed is on disk. */
export async function administer(request: AdminRequest, broker: Broker): Promise<AdminAnswer> {
  try {
    const answer = handle(request, broker);
    if (request.method !== 'GET') await new Promise<void>((resolve) => { broker.log.afterDurable(resolve); });
    return answer;
  } catch (error) {
    if (error instanceof Refusal || error instanceof RangeError) return refusal(error);
    throw error;
  }
}

export function refusal(error: Error): AdminAnswer {
  const status = (error instanceof Refusal ? statusOf[error.condition] : undefined) ?? 400;
  return { status, xml: errorBody(status, error.message) };
}

function handle({ method, url, isUpdate, body }: AdminRequest, broker: Broker): AdminAnswer {
  const { host } = url;
  const path = decodeURIComponent(url.pathname).replace(/^\//, '').replace(/\/$/, '');
  const one = (resource: Resource, status = 200): AdminAnswer => ({ status, xml: entry(resource, host) });
  const page = (resources: readonly Resource[]): AdminAnswer => paged(resources, url, path);

  if (method === 'GET') {
    if (path === '$namespaceinfo') return one({ path: 'local', description: namespaceInfo });
    if (/^\$Resources\/Queues$/i.test(path)) return page(resourcesOf(broker, 'queue'));
    if (/^\$Resources\/Topics$/i.test(path)) return page(resourcesOf(broker, 'topic'));
    const ruleList = /^(.+\/Subscriptions\/[^/]+)\/Rules$/i.exec(path)?.[1];
    if (ruleList) return page(rulesOf(subscriptionAt(broker, ruleList)));
    const topic = /^(.+)\/Subscriptions$/i.exec(path)?.[1];
    if (topic) return page(subscriptionsOf(broker, topic));
  }

  const rule = /^(.+\/Subscriptions\/[^/]+)\/Rules\/([^/]+)$/i.exec(path);
  if (rule) return handleRule(method, subscriptionAt(broker, rule[1] ?? ''), rule[2] ?? '', isUpdate, body, broker, one);
  switch (method) {
    case 'GET':
      return one(resource(found(broker, path)));
    case 'PUT':
      return one(resource(put(broker, path, isUpdate, contentOf(body))), isUpdate ? 200 : 201);
    case 'DELETE':
      broker.removeEntity(found(broker, path));
      return { status: 200, xml: '' };
    default:
      throw new Refusal(condition.notImplemented, `${method} is not supported.`);
  }
}

function put(broker: Broker, path: string, isUpdate: boolean, description: XmlElement): Described {
  const properties = readProperties(description);
  if (isUpdate) {
    const entity = found(broker, path);
    broker.changeEntities((namespace) => namespace.change(entity, properties));
    return entity;
  }
  const [, topic, name = ''] = /^(.+)\/Subscriptions\/([^/]+)$/i.exec(path) ?? [];
  checkName(topic === undefined ? path : name, topic === undefined ? 260 : 50);
  if (topic !== undefined) {
    const rule = descend(description, 'DefaultRuleDescription');
    const rules = rule ? { Rules: [ruleToConfig(readRule(rule, descend(rule, 'Name')?.text ?? '$Default'))] } : {};
    return broker.changeEntities((namespace) => namespace.addSubscription(topic, { Name: name, Properties: properties, ...rules }));
  }
  const config = { Name: path, Properties: properties };
  if (description.name === 'TopicDescription') return broker.changeEntities((namespace) => namespace.addTopic(config));
  if (description.name === 'QueueDescription') return broker.changeEntities((namespace) => namespace.addQueue(config));
  throw new Refusal(condition.argumentError, `<${description.name}> describes no entity.`);
}

function handleRule(method: string, { path, subscription }: SubscriptionEntity, name: string, isUpdate: boolean, body: string, broker: Broker, one: (resource: Resource, status?: number) => AdminAnswer): AdminAnswer {
  const isIt = (rule: { readonly name: string }): boolean => rule.name.toLowerCase() === name.toLowerCase();
  const rulePath = `${path}/Rules/${name}`;
  const existing = subscription.rules.find(isIt);
  if (method === 'PUT') {
    if (isUpdate && !existing) throw entityNotFound(rulePath);
    if (!isUpdate && existing) throw new Refusal(condition.entityAlreadyExists, `The messaging entity '${rulePath}' already exists.`);
    const rule = readRule(contentOf(body), name);
    broker.setRules(subscription, [...subscription.rules.filter((each) => !isIt(each)), rule]);
    return one({ path: rulePath, description: describeRule(rule) }, isUpdate ? 200 : 201);
  }
  if (!existing) throw entityNotFound(rulePath);
  if (method === 'GET') return one({ path: rulePath, description: describeRule(existing) });
  broker.setRules(subscription, subscription.rules.filter((each) => !isIt(each)));
  return { status: 200, xml: '' };
}

// ---- Entities as resources

type Described = Exclude<Entity, { kind: 'dead-letter-queue' }>;

const resource = (entity: Described): Resource => ({ path: entity.path, description: describeEntity(entity) });

function found(broker: Broker, path: string): Described {
  const entity = broker.resolve(path);
  if (entity.kind === 'dead-letter-queue') throw entityNotFound(path);
  return entity;
}

function subscriptionAt(broker: Broker, path: string): SubscriptionEntity {
  const entity = broker.resolve(path);
  if (entity.kind !== 'subscription') throw entityNotFound(path);
  return entity;
}

const resourcesOf = (broker: Broker, kind: 'queue' | 'topic'): Resource[] =>
  [...broker.namespace.entities].flatMap((entity) => (entity.kind === kind ? [resource(entity)] : []));

function subscriptionsOf(broker: Broker, topicName: string): Resource[] {
  const owner = broker.resolve(topicName);
  if (owner.kind !== 'topic') throw entityNotFound(topicName);
  return [...broker.namespace.entities].flatMap((entity) => (entity.kind === 'subscription' && entity.topic === owner.topic ? [resource(entity)] : []));
}

const rulesOf = ({ path, subscription }: SubscriptionEntity): Resource[] =>
  subscription.rules.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((rule) => ({ path: `${path}/Rules/${rule.name}`, description: describeRule(rule) }));

function paged(resources: readonly Resource[], url: URL, path: string): AdminAnswer {
  const skip = Number(url.searchParams.get('$skip') ?? 0);
  const top = Math.min(Number(url.searchParams.get('$top') ?? PAGE), LARGEST_PAGE);
  if (!(skip >= 0) || !(top > 0)) throw new Refusal(condition.argumentError, '$skip and $top are whole numbers.');
  const next = resources.length > skip + top ? { skip: skip + top, top } : undefined;
  return { status: 200, xml: feed(resources.slice(skip, skip + top), url.host, path, next) };
}

function contentOf(body: string): XmlElement {
  const description = descend(parseXml(body), 'content')?.children[0];
  if (!description) throw new Refusal(condition.argumentError, 'The request has no content.');
  return description;
}

function checkName(name: string, longest: number): void {
  if (name.length > longest || !/^[A-Za-z0-9][\w./-]*$/.test(name)) throw new Refusal(condition.argumentError, `'${name}' is no name for an entity: up to ${longest} letters, digits, '.', '-', '_' and '/'.`);
}

const namespaceInfo = tag('NamespaceInfo', [
  tag('CreatedTime', '2020-01-01T00:00:00Z'), tag('MessagingSKU', 'Standard'), tag('ModifiedTime', '2020-01-01T00:00:00Z'), tag('Name', 'local'), tag('NamespaceType', 'Messaging'),
].join(''), DESCRIPTION);
