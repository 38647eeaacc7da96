import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Broker } from './broker.ts';
import type { FaultRequest } from './faults.ts';

export interface HttpActions {
  readonly broker: Broker;
  applyFaults(request: FaultRequest): void;
}

const LARGEST_BODY_BYTES = 64 * 1024;

/** The administration side: health, counts, reset, faults. It shares the port with AMQP and never listens itself. */
export function createHttp(actions: HttpActions): Server {
  return createServer((request, response) => {
    route(request, actions).then(
      ({ status, body }) => reply(response, status, body),
      (error: unknown) => reply(response, 400, { error: error instanceof Error ? error.message : String(error) }),
    );
  });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function route(request: IncomingMessage, { broker, applyFaults }: HttpActions): Promise<Answer> {
  switch (`${request.method ?? ''} ${request.url ?? ''}`) {
    case 'GET /health':
      return { status: 200, body: { status: 'healthy' } };
    case 'GET /entities':
      return { status: 200, body: broker.counts() };
    case 'POST /reset':
      await new Promise<void>((resolve) => { broker.reset(resolve); });
      return { status: 200, body: {} };
    case 'POST /faults':
      applyFaults(faultRequest(JSON.parse(await bodyOf(request))));
      return { status: 200, body: {} };
    default:
      return { status: 404, body: { error: 'There are GET /health, GET /entities, POST /reset and POST /faults.' } };
  }
}

const faultTypes: Readonly<Record<keyof FaultRequest, 'boolean' | 'string' | 'number'>> = {
  dropConnections: 'boolean', detachLinks: 'string', serverBusySends: 'number', settlementDelayMs: 'number',
};

/** @throws Error for a fault there is not: a test that asks for one must not pass because nothing happened. */
function faultRequest(body: unknown): FaultRequest {
  if (typeof body !== 'object' || body === null) throw new Error('Faults are an object.');
  for (const [name, value] of Object.entries(body)) {
    const expected = Object.entries(faultTypes).find(([known]) => known === name)?.[1];
    if (expected === undefined) throw new Error(`There is no fault '${name}'. There are: ${Object.keys(faultTypes).join(', ')}.`);
    if (typeof value !== expected) throw new Error(`The fault '${name}' needs a ${expected}.`);
  }
  return body;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > LARGEST_BODY_BYTES) throw new Error(`The body is larger than ${LARGEST_BODY_BYTES} bytes.`);
  }
  return text;
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
