import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNothing, Later, show, type Value } from './value.ts';

/** Calls one of Bicep's functions that we use. @throws Error for every other. */
export function call(name: string, given: readonly Value[], folder: string, environment: Readonly<Record<string, string>>): Value {
  const [first, second, third] = given;
  switch (name) {
    // Decorators: what they say is for readers and for Azure.
    case 'description': case 'export': case 'minLength': case 'maxLength': case 'secure': case 'allowed': case 'minValue': case 'maxValue': return null;
    case 'concat': return given.every(Array.isArray) ? given.flatMap((each) => each as Value[]) : given.map(show).join('');
    case 'contains': return Array.isArray(first) ? first.includes(second ?? null) : String(first).includes(String(second));
    case 'empty': return !(first instanceof Later) && (isNothing(first) || Object.keys(first as object | string).length === 0);
    case 'filter': return (first as Value[]).filter((item) => lambda(second)(item) === true);
    case 'flatten': return (first as Value[][]).flat();
    case 'format': return String(first).replaceAll(/\{(\d+)\}/g, (_, index: string) => show(given[Number(index) + 1]));
    case 'guid': return fingerprint(given, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    case 'items': return Object.entries(first as Record<string, Value>).map(([key, value]) => ({ key, value }));
    case 'join': return (first as Value[]).map(show).join(String(second));
    case 'json': return JSON.parse(String(first)) as Value;
    case 'length': return Object.keys(first as object).length;
    case 'loadJsonContent': return JSON.parse(readFileSync(join(folder, String(first)), 'utf8')) as Value;
    case 'loadTextContent': return readFileSync(join(folder, String(first)), 'utf8');
    case 'map': return (first as Value[]).map((item) => lambda(second)(item));
    case 'readEnvironmentVariable': return environment[String(first)] ?? (second === undefined ? missing(String(first)) : second);
    case 'replace': return String(first).replaceAll(String(second), String(third));
    case 'resourceGroup': return { id: '/subscriptions/0/resourceGroups/checkout', name: 'checkout', location: 'northeurope' };
    case 'split': return show(first).split(String(second));
    case 'string': return show(first);
    case 'subscription': return { subscriptionId: '0', tenantId: '0' };
    case 'subscriptionResourceId': return `/subscriptions/0/providers/${String(first)}/${String(second)}`;
    case 'take': return Array.isArray(first) ? first.slice(0, Number(second)) : show(first).slice(0, Number(second));
    case 'tenant': return { tenantId: '00000000-0000-0000-0000-000000000000' };
    case 'toLower': return show(first).toLowerCase();
    case 'toObject': return Object.fromEntries((first as Value[]).map((item) => [show(lambda(second)(item)), third === undefined ? item : lambda(third)(item)]));
    case 'uniqueString': return fingerprint(given, 13);
    default: throw new Error(`${name} is no function that is known here`);
  }
}

const lambda = (value: Value | undefined): ((item: Value) => Value) => {
  if (typeof value !== 'function') throw new Error(`${show(value)} is no lambda`);
  return value as (item: Value) => Value;
};

const fingerprint = (given: readonly Value[], length: number): string => createHash('sha256').update(given.map(show).join('\n')).digest('hex').slice(0, length);

const missing = (name: string): never => {
  throw new Error(`the environment variable ${name} is not set`);
};
