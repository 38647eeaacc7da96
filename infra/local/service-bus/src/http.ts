import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { administer, refusal } from './admin/administration.ts';
import type { Access } from './access.ts';
import type { Broker } from './broker.ts';
import { Refusal } from './errors.ts';
import { type FaultRequest, faultRequest } from './fault/fault-spec.ts';
import type { SasCheck } from './sas.ts';

export interface HttpActions {
  readonly broker: Broker;
  readonly sas: SasCheck;
  readonly access: Access;
  /** Absent unless faults are switched on. */
  readonly faults?: { apply(request: FaultRequest): void; inForce(): unknown };
}

const LARGEST_BODY_BYTES = 64 * 1024;

/** The administration side: health, counts, reset, faults. It shares the port with AMQP and never listens itself. */
export function createHttp(actions: HttpActions): Server {
  return createServer((request, response) => {
    route(request, actions).then(
      ({ status, body, isXml }) => reply(response, status, body, isXml),
      (error: unknown) => reply(response, 400, { error: error instanceof Error ? error.message : String(error) }),
    );
  });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly isXml?: boolean;
}

async function route(request: IncomingMessage, { broker, sas, access, faults }: HttpActions): Promise<Answer> {
  if (request.url?.includes('api-version=')) return answerAdministration(request, broker, sas, access);
  switch (`${request.method ?? ''} ${request.url ?? ''}`) {
    case 'GET /health':
      return { status: 200, body: { status: 'healthy' } };
    case 'GET /entities':
      return { status: 200, body: broker.counts() };
    case 'POST /reset':
      await new Promise<void>((resolve) => { broker.reset(resolve); });
      return { status: 200, body: {} };
    case 'POST /faults':
      if (!faults) return faultsAreOff;
      faults.apply(faultRequest(JSON.parse(await bodyOf(request))));
      return { status: 200, body: {} };
    case 'GET /faults':
      return faults ? { status: 200, body: faults.inForce() } : faultsAreOff;
    default:
      return { status: 404, body: { error: 'There are GET /health, GET /entities, POST /reset and POST /faults.' } };
  }
}

/** `ServiceBusAdministrationClient` names its API version in every request; that is how it is told apart. */
async function answerAdministration(request: IncomingMessage, broker: Broker, sas: SasCheck, access: Access): Promise<Answer> {
  const authorization = request.headers.authorization ?? '';
  try {
    const { holder } = sas.check(authorization, authorization.startsWith('Bearer ') ? 'jwt' : '');
    access.demand('Manage', '', holder);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, xml } = refusal(error);
    return { status, body: xml, isXml: true };
  }
  const { status, xml } = await administer({
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`),
    isUpdate: request.headers['if-match'] === '*',
    body: await bodyOf(request),
  }, broker);
  return { status, body: xml, isXml: true };
}

const faultsAreOff: Answer = { status: 404, body: { error: 'Faults are not switched on: start with FAULTS=on.' } };

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > LARGEST_BODY_BYTES) throw new Error(`The body is larger than ${LARGEST_BODY_BYTES} bytes.`);
  }
  return text;
}

function reply(response: ServerResponse, status: number, body: unknown, isXml = false): void {
  if (isXml) {
    response.writeHead(status, { 'content-type': 'application/atom+xml;type=entry;charset=utf-8' }).end(body);
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
