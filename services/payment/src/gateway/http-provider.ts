import { unreachable } from '@checkout/kernel';
import { openSpan } from '@checkout/observability';
import type { Breaker, Transition } from '@checkout/resilience';
import type { Provider } from '../application/ports.ts';
import type { ProviderLedger } from '../application/reconcile.ts';
import type { Outcome } from '../domain/answer.ts';
import type { Question } from '../domain/question.ts';
import type { RefundQuestion } from '../domain/refund-question.ts';
import { barredOf, foundOf, outcomeOf } from './classify.ts';
import { refundFoundOf, refundOutcomeOf } from './classify-refund.ts';
import { HttpClient, type Reply } from './http-client.ts';
import { HttpProviderLedger } from './provider-ledger.ts';
import { deadlineMs, doubtOf, openProviderBreaker, ProviderFailed } from './provider-breaker.ts';

/** The payment provider over HTTP: the simulated one on a laptop, any other that speaks the same. */
export class HttpProvider implements Provider, AsyncDisposable {
  readonly #client: HttpClient;
  /** The provider's ledger, over the same connections. */
  readonly ledger: ProviderLedger;
  readonly #breaker: Breaker;

  constructor(url: string, onTransition: (transition: Transition) => void = () => {}, timeoutMs = deadlineMs) {
    this.#client = new HttpClient(url, timeoutMs);
    this.ledger = new HttpProviderLedger(this.#client);
    this.#breaker = openProviderBreaker((signal) => this.#probe(signal), onTransition);
  }

  /** For operators, who see it and may hold it. */
  get breaker(): Breaker {
    return this.#breaker;
  }

  async ask(question: Question | RefundQuestion, parent: string | undefined): Promise<Outcome> {
    const span = openSpan(`provider ${question.operation}`, { kind: 'client', parent });
    try {
      const outcome = await this.#breaker.run((signal) => (question.operation === 'refund' ? this.#refunded(question, span.traceparent, signal) : this.#asked(question, span.traceparent, signal)));
      span.end();
      return outcome;
    } catch (error) {
      span.end(error);
      const doubt = doubtOf(error);
      if (!doubt) throw error;
      return doubt;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#breaker[Symbol.asyncDispose]();
    await this.#client.close();
  }

  async #asked(question: Question, traceparent: string, signal: AbortSignal): Promise<Outcome> {
    // A void needs no looking first: letting go again of what was let go changes nothing.
    if (question.looksFirst && question.operation !== 'void') {
      const path = `/v1/authorizations?reference=${encodeURIComponent(question.reference)}`;
      const found = foundOf(question, alive(await this.#client.get(path, signal, traceparent)));
      if (found) return found;
    }
    if (!question.mayRepeat) return { kind: 'unknown', why: 'key-expired' };
    const said = await this.#said(question, traceparent, signal);
    return question.operation === 'capture' ? unlessHasty(question, said) : said;
  }

  async #said(question: Question, traceparent: string, signal: AbortSignal): Promise<Outcome> {
    const { operation, merchantAccount, reference, amountMinor, currency, cardToken, providerId, idempotencyKey } = question;
    const post = async (path: string, body: object) => alive(await this.#client.post(path, body, idempotencyKey, signal, traceparent));
    switch (operation) {
      case 'authorize':
        return outcomeOf(question, await post('/v1/authorizations', { merchantAccount, reference, amountMinor, currency, cardToken }));
      case 'capture':
        return outcomeOf(question, await post(`/v1/authorizations/${encodeURIComponent(providerId ?? '')}/capture`, { amountMinor }));
      case 'void':
        return providerId === null
          ? barredOf(question, await post('/v1/authorizations/void-by-reference', { reference }))
          : outcomeOf(question, await post(`/v1/authorizations/${encodeURIComponent(providerId)}/void`, {}));
      default:
        return unreachable(operation);
    }
  }

  /** Always under the one key of the refund; where the provider may have forgotten it, it is only asked what became of it. */
  async #refunded(question: RefundQuestion, traceparent: string, signal: AbortSignal): Promise<Outcome> {
    const { providerId, refundReference: reference, amountMinor, idempotencyKey, looksFirst, mayRepeat } = question;
    if (looksFirst || !mayRepeat) {
      const found = refundFoundOf(question, alive(await this.#client.get(`/v1/refunds?reference=${encodeURIComponent(reference)}`, signal, traceparent)));
      if (found) return found;
    }
    if (!mayRepeat) return { kind: 'unknown', why: 'key-expired' };
    const path = `/v1/authorizations/${encodeURIComponent(providerId)}/refund`;
    return unlessHasty(question, refundOutcomeOf(question, alive(await this.#client.post(path, { reference, amountMinor }, idempotencyKey, signal, traceparent))));
  }

  /** Whatever it says about a payment that never was, it is there. */
  async #probe(signal: AbortSignal): Promise<void> {
    alive(await this.#client.get('/v1/authorizations?reference=probe', signal));
  }
}

/** An earlier request may have got there between the look and this one: whether no money moved is for the next look to say. */
const unlessHasty = ({ looksFirst }: Pick<Question, 'looksFirst'>, said: Outcome): Outcome =>
  looksFirst && said.kind === 'declined' ? { kind: 'unknown', why: 'refused-when-repeated' } : said;

/** @throws ProviderFailed for a 5xx: the breaker counts it, and the outcome is in doubt. */
function alive(reply: Reply): Reply {
  if (reply.status >= 500) throw new ProviderFailed(reply);
  return reply;
}
