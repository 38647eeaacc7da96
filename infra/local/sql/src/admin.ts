import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { interferences, type FaultRule } from './faults.ts';
import type { Server } from './server.ts';

const LARGEST_BODY = 64 * 1024;

/** GET /health, and, only when switched on, POST /faults with an array of rules, which replaces all there were. */
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
  if (!hasFaults || request.method !== 'POST' || request.url !== '/faults') return void reply(404, { title: 'There are GET /health and, when the server was started with FAULTS=on, POST /faults.' });
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > LARGEST_BODY) return void reply(413, { title: 'Too large.' });
  }
  try {
    const body: unknown = JSON.parse(text);
    const rules = Array.isArray(body) ? body : [body];
    if (!rules.every(isRule)) return void reply(400, { title: `A rule is { match, database?, nth?, times?, probability?, seed?, action, delayMs? }; action is an error number or one of ${interferences.join(', ')}.` });
    server.faults.replace(rules);
    reply(200, { rules: rules.length });
  } catch (error) {
    reply(400, { title: error instanceof Error ? error.message : 'Not JSON.' });
  }
}

const actions: readonly string[] = interferences;
const numbers = ['nth', 'times', 'probability', 'seed', 'delayMs'] as const;

function isRule(value: unknown): value is FaultRule {
  if (typeof value !== 'object' || value === null || !('match' in value) || !('action' in value)) return false;
  if (numbers.some((name) => name in value && typeof (value as Readonly<Record<string, unknown>>)[name] !== 'number')) return false;
  if ('database' in value && typeof value.database !== 'string') return false;
  return typeof value.match === 'string' && (typeof value.action === 'number' || (typeof value.action === 'string' && actions.includes(value.action)));
}
