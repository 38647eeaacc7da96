import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { interferences, type FaultRule } from './faults.ts';
import type { Server } from './server.ts';

const LARGEST_BODY = 64 * 1024;

/**
 * GET /health, and, only when switched on, GET /faults and POST /faults: an array of rules replaces all there were, `{ add, remove }` adds rules
 * and takes away others by name.
 */
export async function startAdmin(server: Server, port: number, hasFaults: boolean) {
  const http = createServer((request, response) => void answer(server, hasFaults, request, response));
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (http.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => {
      http.close(() => resolve());
      http.closeAllConnections();
    }),
  };
}

async function answer(server: Server, hasFaults: boolean, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = (status: number, body: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (request.method === 'GET' && request.url === '/health') return void reply(200, { status: 'ok', connections: server.connectionCount });
  if (hasFaults && request.method === 'GET' && request.url === '/faults') return void reply(200, server.faults.inForce());
  if (!hasFaults || request.method !== 'POST' || request.url !== '/faults') return void reply(404, { title: 'There are GET /health and, when the server was started with FAULTS=on, GET and POST /faults.' });
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > LARGEST_BODY) return void reply(413, { title: 'Too large.' });
  }
  try {
    const body: unknown = JSON.parse(text);
    const change = changeOf(body);
    if (!change) return void reply(400, { title: `A rule is { name?, match, database?, nth?, times?, probability?, seed?, action, delayMs? }; action is an error number or one of ${interferences.join(', ')}.` });
    if (change.remove) server.faults.remove(change.remove);
    server.faults[change.remove ? 'add' : 'replace'](change.rules);
    reply(200, { rules: server.faults.inForce().length });
  } catch (error) {
    reply(400, { title: error instanceof Error ? error.message : 'Not JSON.' });
  }
}

interface Change { readonly rules: readonly FaultRule[]; /** Absent: the rules replace all there were. */ readonly remove?: readonly string[] }

function changeOf(body: unknown): Change | undefined {
  if (isObject(body) && ('add' in body || 'remove' in body)) {
    const { add = [], remove = [] } = body;
    return isRules(add) && isNames(remove) ? { rules: add, remove } : undefined;
  }
  const rules = Array.isArray(body) ? body : [body];
  return isRules(rules) ? { rules } : undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isRules = (value: unknown): value is readonly FaultRule[] => Array.isArray(value) && value.every(isRule);
const isNames = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((name) => typeof name === 'string');
const actions: readonly string[] = interferences;
const numbers = ['nth', 'times', 'probability', 'seed', 'delayMs'] as const;

function isRule(value: unknown): value is FaultRule {
  if (typeof value !== 'object' || value === null || !('match' in value) || !('action' in value)) return false;
  if (numbers.some((name) => name in value && typeof (value as Readonly<Record<string, unknown>>)[name] !== 'number')) return false;
  if ('database' in value && typeof value.database !== 'string') return false;
  if ('name' in value && typeof value.name !== 'string') return false;
  return typeof value.match === 'string' && (typeof value.action === 'number' || (typeof value.action === 'string' && actions.includes(value.action)));
}
