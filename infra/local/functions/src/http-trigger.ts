import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RegisteredFunction, Registry } from './core-api.ts';
import { invoke, triggerOf, type Log } from './invoke.ts';

/** Azure takes requests of up to 210 MB; nothing that runs here needs a hundredth of it. */
const maxBodyBytes = 2_000_000;

interface Route {
  readonly registered: RegisteredFunction;
  readonly binding: string;
  readonly methods: ReadonlySet<string>;
  readonly pattern: RegExp;
  readonly template: string;
}

/** Serves every HTTP function at its route. A route is literal parts and `{name}` or `{name?}`; literal routes win over parameters. */
export class HttpTriggers {
  readonly #registry: Registry;
  readonly #routes: readonly Route[];
  readonly #log: Log;
  readonly #server: Server;

  constructor(registry: Registry, routePrefix: string, log: Log) {
    this.#registry = registry;
    this.#log = log;
    this.#routes = registry.functions
      .filter((registered) => triggerOf(registered).type === 'httpTrigger')
      .map((registered) => routeOf(registered, routePrefix))
      .toSorted((left, right) => left.template.split('{').length - right.template.split('{').length);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Resolves with the port. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(port, host, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** Lets requests finish that are under way. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    if (url.pathname === '/health') return void response.writeHead(200).end('ok');
    const matching = this.#routes.filter(({ pattern }) => pattern.test(url.pathname));
    const route = matching.find(({ methods }) => methods.has(request.method ?? 'GET'));
    if (!route) return void response.writeHead(matching.length > 0 ? 405 : 404).end();
    const body = await read(request);
    if (body === undefined) return void response.writeHead(413, { connection: 'close' }).end();
    try {
      const returned = await invoke(this.#registry, route.registered, {
        inputData: [{
          name: route.binding,
          data: { http: { method: request.method ?? 'GET', url: url.href, headers: headersOf(request), query: Object.fromEntries(url.searchParams), params: paramsOf(route, url.pathname), body: { bytes: body } } },
        }],
        triggerMetadata: {},
        ...(typeof request.headers['traceparent'] === 'string' && { traceContext: { traceParent: request.headers['traceparent'] } }),
      }, this.#log);
      const { statusCode = '204', headers = {}, body: answer } = returned?.http ?? {};
      response.writeHead(Number(statusCode), headers).end(answer?.bytes ?? answer?.string);
    } catch (error) {
      this.#log('error', 'a function failed', { function: route.registered.name, error: String(error) });
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  }
}

function routeOf(registered: RegisteredFunction, prefix: string): Route {
  const { binding, settings } = triggerOf(registered);
  const { route = registered.name, methods = ['GET', 'POST'] } = settings as { route?: string; methods?: readonly string[] };
  const template = `/${[prefix, route].filter((part) => part !== '').join('/')}`;
  const pattern = template.split('/').filter(Boolean).map((part) => {
    const parameter = /^\{\*?(\w+)(?::\w+)?(\?)?\}$/.exec(part);
    if (!parameter) return `/${part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`;
    const [whole, name = '', optional] = parameter;
    const value = `(?<${name}>${whole.startsWith('{*') ? '.*' : '[^/]+'})`;
    return optional ? `(?:/${value})?` : `/${value}`;
  });
  return { registered, binding, template, methods: new Set(methods.map((method) => method.toUpperCase())), pattern: new RegExp(`^${pattern.join('')}/?$`, 'i') };
}

function paramsOf({ pattern }: Route, path: string): Record<string, string> {
  const groups = pattern.exec(path)?.groups ?? {};
  return Object.fromEntries(Object.entries(groups).filter(([, value]) => value !== undefined).map(([name, value]) => [name, decodeURIComponent(value)]));
}

const headersOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));

async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
