import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultRule } from './faults.ts';
import type { Server } from './server.ts';

const LARGEST_BODY = 64 * 1024;

/** GET /health, and POST /faults with `[{ match, nth, times, action, delayMs }]`, which replaces all rules there were. */
export async function startAdmin(server: Server, port: number) {
  const http = createServer((request, response) => void answer(server, request, response));
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

async function answer(server: Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = (status: number, body: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (request.method === 'GET' && request.url === '/health') return void reply(200, { status: 'ok', connections: server.connectionCount });
  if (request.method !== 'POST' || request.url !== '/faults') return void reply(404, { title: 'There are GET /health and POST /faults.' });
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > LARGEST_BODY) return void reply(413, { title: 'Too large.' });
  }
  try {
    const body: unknown = JSON.parse(text);
    const rules = Array.isArray(body) ? body : [body];
    if (!rules.every(isRule)) return void reply(400, { title: 'A rule is { match, nth?, times?, action, delayMs? }; action is an error number, drop-before, drop-after-commit or delay.' });
    server.faults.replace(rules);
    reply(200, { rules: rules.length });
  } catch (error) {
    reply(400, { title: error instanceof Error ? error.message : 'Not JSON.' });
  }
}

const actions = ['drop-before', 'drop-after-commit', 'delay'];

function isRule(value: unknown): value is FaultRule {
  if (typeof value !== 'object' || value === null || !('match' in value) || !('action' in value)) return false;
  return typeof value.match === 'string' && (typeof value.action === 'number' || (typeof value.action === 'string' && actions.includes(value.action)));
}
