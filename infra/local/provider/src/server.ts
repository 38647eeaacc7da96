import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { behaviourOf } from './cards.ts';
import { Provider, refusal, type Answer } from './provider.ts';
import { amountOf, authorizationRequestOf, Invalid, referenceOf } from './requests.ts';

export interface ProviderOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Where the state is kept. */
  readonly directory: string;
  /** How long every POST takes at least. Default 20. */
  readonly latencyMs?: number;
}

export interface RunningProvider extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

const largestBody = 16 * 1024;
const maxKey = 255;

/** Starts the simulated payment provider. Resolves when it listens. */
export async function startProvider({ port = 0, host = '127.0.0.1', directory, latencyMs = 20 }: ProviderOptions): Promise<RunningProvider> {
  const provider = new Provider(directory, Math.min(latencyMs / 4, 5));
  const api = new Api(provider, latencyMs);
  const server = createServer((request, response) => api.handle(request, response));
  // Clients keep their connections; closing an idle one would race with their next payment.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, host, resolve));
  const close = once(async () => {
    await closed(server);
    await provider.close();
  });
  const bound = portOf(server);
  return { port: bound, url: `http://${host}:${bound}`, close, [Symbol.asyncDispose]: close };
}

/** The wire of the provider: routes, idempotency keys, latency and the faults that sentinel cards ask for. */
class Api {
  readonly #provider: Provider;
  readonly #latencyMs: number;
  /** Keys whose first call went wrong on purpose. Not kept over a restart: then the next call is the first again. */
  readonly #failedOnce = new Set<string>();

  constructor(provider: Provider, latencyMs: number) {
    this.#provider = provider;
    this.#latencyMs = latencyMs;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'GET') return send(response, this.#read(request.url ?? '/'));
    if (request.method !== 'POST') return send(response, refusal(405, 'method_not_allowed', 'GET or POST.'));
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > largestBody) request.destroy();
    });
    request.on('end', () => this.#post(request, response, text));
  }

  #read(target: string): Answer {
    const { pathname, searchParams } = new URL(target, 'http://provider');
    if (pathname === '/health') return ok({ status: 'ok' });
    if (pathname === '/v1/ledger') {
      const after = Number(searchParams.get('after') ?? 0);
      const limit = Math.min(Number(searchParams.get('limit') ?? 10_000), 100_000);
      if (!Number.isSafeInteger(after) || after < 0 || !Number.isSafeInteger(limit)) return refusal(400, 'invalid_request', 'after and limit are whole numbers.');
      const { ledger } = this.#provider;
      return ok({ totals: ledger.totals(), count: ledger.count, entries: ledger.after(after, limit) });
    }
    const reference = searchParams.get('reference');
    if (pathname === '/v1/authorizations' && reference !== null) return this.#provider.byReference(reference);
    const id = /^\/v1\/authorizations\/([A-Za-z0-9_-]+)$/.exec(pathname)?.[1];
    return id === undefined ? refusal(404, 'not_found', 'No such address.') : this.#provider.get(id);
  }

  #post(request: IncomingMessage, response: ServerResponse, text: string): void {
    const header = request.headers['idempotency-key'];
    const key = typeof header === 'string' && header.length <= maxKey ? header : undefined;
    try {
      this.#dispatch(request.url ?? '/', key, text === '' ? {} : JSON.parse(text), response);
    } catch (error) {
      if (error instanceof Invalid) return send(response, refusal(400, error.code, error.message));
      if (error instanceof SyntaxError) return send(response, refusal(400, 'invalid_request', 'The body is not JSON.'));
      throw error;
    }
  }

  #dispatch(path: string, key: string | undefined, body: unknown, response: ServerResponse): void {
    if (path === '/v1/authorizations') return this.#authorize(body, key, response);
    if (path === '/v1/authorizations/void-by-reference') return this.#later(response, this.#provider.voidByReference(referenceOf(body)));
    const [, id, verb] = /^\/v1\/authorizations\/([A-Za-z0-9_-]+)\/(capture|void|refund)$/.exec(path) ?? [];
    if (id === undefined) return send(response, refusal(404, 'not_found', 'No such address.'));
    const amountMinor = verb === 'void' ? 0 : amountOf(body);
    const asked = `${verb} ${id} ${amountMinor}`;
    if (verb === 'refund' && key === undefined) throw new Invalid('idempotency_key_missing', 'A refund needs an Idempotency-Key.');
    const kept = key === undefined ? undefined : this.#provider.kept(key, asked);
    if (kept) return this.#later(response, kept.answer, kept.isReplay);
    const underKey = key === undefined ? {} : { key, asked };
    this.#later(response,
      verb === 'capture' ? this.#provider.capture(id, amountMinor, underKey) :
      verb === 'void' ? this.#provider.void(id, underKey) :
      this.#provider.refund(id, amountMinor, underKey));
  }

  #authorize(body: unknown, key: string | undefined, response: ServerResponse): void {
    if (key === undefined) throw new Invalid('idempotency_key_missing', 'An authorization needs an Idempotency-Key.');
    const wanted = authorizationRequestOf(body);
    const asked = `authorize ${wanted.reference} ${wanted.amountMinor} ${wanted.currency} ${wanted.cardToken}`;
    const kept = this.#provider.kept(key, asked);
    if (kept) return this.#later(response, kept.answer, kept.isReplay);
    const { firstCall, latencyMs } = behaviourOf(wanted.cardToken);
    if (firstCall === 'dropped' && this.#isFirst(key)) return void response.socket?.destroy();
    if (firstCall === 'error' && this.#isFirst(key)) return this.#later(response, refusal(500, 'internal', 'Something went wrong.'));
    const answer = this.#provider.authorize(wanted, key, asked);
    // Done, and never told: the caller has to find out by asking again.
    if (firstCall === 'silent') return void this.#provider.flushed().catch(() => response.destroy());
    this.#later(response, answer, false, latencyMs);
  }

  #isFirst(key: string): boolean {
    if (this.#failedOnce.has(key)) return false;
    this.#failedOnce.add(key);
    return true;
  }

  /** Answers when the decision is on the disk and the provider's latency has passed, whichever is later. */
  #later(response: ServerResponse, answer: Answer, isReplay = false, latencyMs = this.#latencyMs): void {
    const onDisk = this.#provider.flushed();
    const answerNow = () => void onDisk.then(() => send(response, answer, isReplay), () => response.destroy());
    if (latencyMs > 0) setTimeout(answerNow, latencyMs);
    else answerNow();
  }
}

const ok = (body: unknown): Answer => ({ status: 200, body: JSON.stringify(body) });

function send(response: ServerResponse, { status, body }: Answer, isReplay = false): void {
  response.writeHead(status, isReplay
    ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'idempotent-replayed': 'true' }
    : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The provider does not listen on a port.');
  return address.port;
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
};
