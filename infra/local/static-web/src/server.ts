import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { filesIn, type ServedFile } from './files.ts';
import { siteRules } from './site-rules.ts';

export interface StaticWebOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** The built site. */
  readonly directory: string;
  /** `/api/<name>/…` goes to the back end of that name, without the first two parts. */
  readonly backends: Readonly<Record<string, string>>;
}

export interface RunningStaticWeb extends AsyncDisposable {
  readonly url: string;
  close(): Promise<void>;
}

/** Long enough for a sale that is followed while a card is slow. */
const silentLimitMs = 120_000;

/**
 * The stand-in for Azure Static Web Apps with linked back ends: one origin for the site and its API, so that a browser needs no CORS. Headers and the page for what is no file are those of the site's own `staticwebapp.config.json`.
 *
 * @throws Error when that file has a rule which is not kept to here.
 */
export async function startStaticWeb({ port = 0, host = '127.0.0.1', directory, backends }: StaticWebOptions): Promise<RunningStaticWeb> {
  const rules = siteRules(directory);
  const files = filesIn(directory, rules);
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/';
    if (path === '/health') return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    if (path.startsWith('/api/')) return forward(request, response, backends);
    serve(request, response, files.get(path === '/' ? '/index.html' : path) ?? files.get(rules.fallbackFor(path) ?? ''));
  });
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, host, resolve));
  const close = (): Promise<void> => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  return { url: `http://${host}:${portOf(server)}`, close, [Symbol.asyncDispose]: close };
}

function serve(request: IncomingMessage, response: ServerResponse, file: ServedFile | undefined): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
  if (!file) return void response.writeHead(404).end();
  response.writeHead(200, file.headers).end(request.method === 'HEAD' ? undefined : file.bytes);
}

function forward(request: IncomingMessage, response: ServerResponse, backends: Readonly<Record<string, string>>): void {
  const [, , name = '', ...rest] = (request.url ?? '').split('/');
  const backend = Object.hasOwn(backends, name) ? backends[name] : undefined;
  if (backend === undefined) return void response.writeHead(404).end();
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const onward = ask(`${backend}/${rest.join('/')}`, { method: request.method, headers, timeout: silentLimitMs }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    pipeline(answer, response, () => onward.destroy());
  });
  onward.on('timeout', () => onward.destroy());
  // Azure answers 502 with a page of its own when a linked back end does not: nothing there says what became of the request.
  onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>')));
  response.on('close', () => onward.destroy());
  pipeline(request, onward, () => {});
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The site does not listen on a port.');
  return address.port;
}
