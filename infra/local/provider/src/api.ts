import type { IncomingMessage, ServerResponse } from 'node:http';
import { behaviourOf, type CardBehaviour } from './cards.ts';
import { faultRulesOf, type Fault, type Faults, type Operation } from './faults.ts';
import { refusal, type Answer, type Authorization, type News, type Provider } from './provider.ts';
import { amountOf, authorizationRequestOf, Invalid, referenceOf, refundRequestOf } from './requests.ts';
import type { Webhooks } from './webhooks.ts';

const largestBody = 16 * 1024;
const maxKey = 255;

/** One request that changes something, read and understood. */
interface Work {
  readonly operation: Operation;
  readonly reference: string;
  readonly key: string | undefined;
  readonly asked: string;
  readonly run: () => Answer;
  /** How the card behaves when it is asked about under a new key. */
  readonly behaviour?: CardBehaviour;
}

/** The wire of the provider: routes, idempotency keys, latency, and the faults that rules and sentinel cards ask for. */
export class Api {
  readonly #provider: Provider;
  readonly #latencyMs: number;
  readonly #faults: Faults | undefined;
  readonly #webhooks: Webhooks | undefined;
  /** Keys whose first call went wrong on purpose. Not kept over a restart: then the next call is the first again. */
  readonly #failedOnce = new Set<string>();

  constructor(provider: Provider, latencyMs: number, faults: Faults | undefined, webhooks: Webhooks | undefined) {
    this.#provider = provider;
    this.#latencyMs = latencyMs;
    this.#faults = faults;
    this.#webhooks = webhooks;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'GET') return this.#get(request.url ?? '/', response);
    if (request.method !== 'POST') return send(response, refusal(405, 'method_not_allowed', 'GET or POST.'));
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > largestBody) request.destroy();
    });
    request.on('end', () => this.#post(request, response, text));
  }

  #get(target: string, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(target, 'http://provider');
    const reference = searchParams.get('reference');
    if (pathname === '/v1/authorizations' && reference !== null) return this.#lookUp(reference, { reference, fenced: false, authorizations: [] }, () => this.#provider.byReference(reference), response);
    if (pathname === '/v1/refunds' && reference !== null) {
      // Faults go by what was paid, whichever way it is asked about.
      const about = this.#provider.authorizationOfRefund(reference) || reference;
      return this.#lookUp(about, { reference, refunds: [] }, () => this.#provider.refundsBy(reference), response);
    }
    send(response, this.#read(pathname, searchParams));
  }

  #read(pathname: string, query: URLSearchParams): Answer {
    if (pathname === '/health') return ok({ status: 'ok' });
    if (pathname === '/faults' && this.#faults) return ok({ rules: this.#faults.inForce(), webhooks: this.#webhooks?.counts ?? null });
    if (pathname === '/v1/ledger' || pathname === '/v1/references') {
      const after = Number(query.get('after') ?? 0);
      const limit = Math.min(Number(query.get('limit') ?? 10_000), 100_000);
      if (!Number.isSafeInteger(after) || after < 0 || !Number.isSafeInteger(limit)) return refusal(400, 'invalid_request', 'after and limit are whole numbers.');
      const { ledger } = this.#provider;
      return ok(pathname === '/v1/references'
        ? this.#provider.references(after, limit)
        : { totals: ledger.totals(), count: ledger.count, entries: ledger.after(after, limit) });
    }
    const id = /^\/v1\/authorizations\/([A-Za-z0-9_-]+)$/.exec(pathname)?.[1];
    return id === undefined ? refusal(404, 'not_found', 'No such address.') : this.#provider.get(id);
  }

  #lookUp(reference: string, nothing: object, find: () => Answer, response: ServerResponse): void {
    const fault = this.#faults?.strike('lookup', reference) ?? {};
    if (fault.reply === 'unknown') return send(response, ok(nothing));
    this.#answer(response, find(), fault, { isReplay: false, latencyMs: 0 });
  }

  #post(request: IncomingMessage, response: ServerResponse, text: string): void {
    const header = request.headers['idempotency-key'];
    const key = typeof header === 'string' && header.length <= maxKey ? header : undefined;
    try {
      const body: unknown = text === '' ? {} : JSON.parse(text);
      if (request.url === '/faults' && this.#faults) {
        this.#faults.replace(faultRulesOf(body));
        return send(response, ok({ rules: this.#faults.inForce().length }));
      }
      const work = this.#workOf(request.url ?? '/', key, body);
      if (work) this.#perform(work, response);
      else send(response, refusal(404, 'not_found', 'No such address.'));
    } catch (error) {
      if (error instanceof Invalid) return send(response, refusal(400, error.code, error.message));
      if (error instanceof SyntaxError) return send(response, refusal(400, 'invalid_request', 'The body is not JSON.'));
      throw error;
    }
  }

  #workOf(path: string, key: string | undefined, body: unknown): Work | undefined {
    if (path === '/v1/authorizations') return this.#authorization(body, key);
    if (path === '/v1/authorizations/void-by-reference') {
      const reference = referenceOf(body);
      return { operation: 'void', reference, key: undefined, asked: '', run: () => this.#provider.voidByReference(reference) };
    }
    const [, id, verb] = /^\/v1\/authorizations\/([A-Za-z0-9_-]+)\/(capture|void|refund)$/.exec(path) ?? [];
    if (id === undefined) return undefined;
    if (verb === 'refund') return this.#refund(id, body, key);
    const amountMinor = verb === 'void' ? 0 : amountOf(body);
    const asked = `${verb} ${id} ${amountMinor}`;
    const underKey = key === undefined ? {} : { key, asked };
    const about = { reference: this.#provider.referenceOf(id), key, asked };
    if (verb === 'capture') return { ...about, operation: 'capture', run: () => this.#provider.capture(id, amountMinor, underKey) };
    return { ...about, operation: 'void', run: () => this.#provider.void(id, underKey) };
  }

  #refund(id: string, body: unknown, key: string | undefined): Work {
    if (key === undefined) throw new Invalid('idempotency_key_missing', 'A refund needs an Idempotency-Key.');
    const wanted = refundRequestOf(body);
    const asked = `refund ${id} ${wanted.reference} ${wanted.amountMinor}`;
    return { operation: 'refund', reference: this.#provider.referenceOf(id), key, asked, run: () => this.#provider.refund(id, wanted, key, asked) };
  }

  #authorization(body: unknown, key: string | undefined): Work {
    if (key === undefined) throw new Invalid('idempotency_key_missing', 'An authorization needs an Idempotency-Key.');
    const wanted = authorizationRequestOf(body);
    const asked = `authorize ${wanted.reference} ${wanted.amountMinor} ${wanted.currency} ${wanted.cardToken}`;
    return {
      operation: 'authorize', reference: wanted.reference, key, asked, behaviour: behaviourOf(wanted.cardToken),
      run: () => this.#provider.authorize(wanted, key, asked),
    };
  }

  /** Does what was asked and answers, both as far as the fault in force lets it. */
  #perform(work: Work, response: ServerResponse): void {
    const kept = this.#keptFor(work);
    const fault = this.#faults?.strike(work.operation, work.reference) ?? (kept ? {} : this.#cardFault(work));
    const { reply, isKept = false, delayMs = 0 } = fault;
    const { effect = typeof reply === 'number' ? 'never' : 'done' } = fault;
    const failure = typeof reply === 'number' ? refusal(reply, reply === 429 ? 'rate_limited' : 'internal', 'Something went wrong.') : undefined;
    const run = (): { readonly answer: Answer; readonly isReplay: boolean } => this.#keptFor(work) ?? { answer: work.run(), isReplay: false };
    const latencyMs = kept ? this.#latencyMs : (work.behaviour?.latencyMs ?? this.#latencyMs);

    if (effect === 'later') {
      setTimeout(() => {
        const { answer, isReplay } = run();
        this.#answer(response, answer, fault, { isReplay, latencyMs: 0 });
      }, delayMs);
      return;
    }
    const done = effect === 'never' ? undefined : run();
    if (effect === 'twice') run();
    if (failure && isKept && work.key !== undefined) this.#provider.keep(work.key, work.asked, failure);
    const answer = failure ?? done?.answer ?? refusal(503, 'unavailable', 'Not now.');
    this.#answer(response, answer, fault, { isReplay: done?.isReplay ?? false, latencyMs });
  }

  #keptFor({ key, asked }: Work): { readonly answer: Answer; readonly isReplay: boolean } | undefined {
    return key === undefined ? undefined : this.#provider.kept(key, asked);
  }

  #cardFault({ key, behaviour }: Work): Fault {
    if (!behaviour?.firstCall || key === undefined || this.#failedOnce.has(key)) return {};
    this.#failedOnce.add(key);
    return behaviour.firstCall;
  }

  /** Answers when the decision is on the disk and the provider's latency has passed, whichever is later. */
  #answer(response: ServerResponse, answer: Answer, fault: Fault, { isReplay, latencyMs }: { readonly isReplay: boolean; readonly latencyMs: number }): void {
    const { reply = 'given', retryAfterSeconds, webhook, effect, delayMs = 0 } = fault;
    const changed = this.#provider.takeChanged();
    const onDisk = this.#provider.flushed();
    const answerNow = async (): Promise<void> => {
      try {
        await onDisk;
      } catch {
        return void response.destroy();
      }
      if (webhook === 'first') await this.#tell(changed, fault);
      if (reply === 'reset') response.socket?.destroy();
      // Done, and never told: the caller has to find out by asking again.
      else if (reply !== 'lost' && !response.destroyed) send(response, mutated(answer, reply), isReplay, retryAfterSeconds);
      if (webhook !== 'first' && (webhook !== undefined || this.#webhooks?.options.events === 'all' || reply === 'lost' || !response.writableEnded)) void this.#tell(changed, fault);
    };
    const waitMs = reply === 'late' && effect !== 'later' ? delayMs : latencyMs;
    if (waitMs > 0) setTimeout(() => void answerNow(), waitMs);
    else void answerNow();
  }

  async #tell(changed: readonly News[], { webhook = 'once', delayMs = 0 }: Fault): Promise<void> {
    const webhooks = this.#webhooks;
    if (!webhooks || webhook === 'never') return;
    await Promise.all(changed.map((each) => webhooks.tell(each, { copies: webhook === 'twice' ? 2 : 1, delayMs: webhook === 'late' ? delayMs : 0 })));
  }
}

/** The answer with another echo of what was asked. */
function mutated(answer: Answer, reply: Fault['reply']): Answer {
  if (reply !== 'other-amount' && reply !== 'other-currency') return answer;
  const body = JSON.parse(answer.body) as Partial<Authorization>;
  const echo = reply === 'other-amount' ? { amountMinor: (body.amountMinor ?? 0) + 1 } : { currency: body.currency === 'XTS' ? 'XAU' : 'XTS' };
  return { ...answer, body: JSON.stringify({ ...body, ...echo }) };
}

const ok = (body: unknown): Answer => ({ status: 200, body: JSON.stringify(body) });

function send(response: ServerResponse, { status, body }: Answer, isReplay = false, retryAfterSeconds?: number): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(isReplay && { 'idempotent-replayed': 'true' }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  });
  response.end(body);
}
