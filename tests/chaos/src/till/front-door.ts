import type { http } from '@checkout/contracts';
import { Caller, type Answer, type Site } from '@checkout/local-network';
import { leakedCards } from '../world/log-book.ts';
import type { PlannedSale } from '../plan/plan.ts';
import type { Attempt } from './history.ts';

/** Longer than the system ever takes to answer, shorter than a customer's patience (the till's own limit is 3 s; loaded machines get more). */
const httpTimeoutMs = 8_000;

type Reply = Partial<http.CheckoutStatus> & { readonly code?: string; readonly outcome?: string };

/** The HTTP route of one till: makes the call, and says what came of it without interpreting more than a till can. */
export class FrontDoor {
  readonly #caller: Caller;

  static async signIn(site: Site, tillId: string): Promise<FrontDoor> {
    return new FrontDoor(await Caller.signIn(site, tillId));
  }

  private constructor(caller: Caller) {
    this.#caller = caller;
  }

  async submit(commandId: string, sale: PlannedSale, disguise?: Attempt['mustRefuse']): Promise<Attempt> {
    const at = Date.now();
    const startedAt = performance.now();
    const took = () => Math.round((performance.now() - startedAt) * 10) / 10;
    try {
      const answer = await inTime(this.#caller.call<Reply>('POST', `${this.#caller.site.url('cart')}/v1/checkouts`, bodyOf(sale, disguise), { 'idempotency-key': commandId }));
      return { at, tookMs: took(), ...readAnswer(answer), ...(disguise && { mustRefuse: disguise }) };
    } catch {
      return { at, tookMs: took(), type: 'info', isWellFormed: true, ...(disguise && { mustRefuse: disguise }) };
    }
  }

  /** What can come back of a sale; undefined when it cannot be asked now. */
  async refundable(saleId: string): Promise<http.RefundableView | undefined> {
    const answer = await inTime(this.#caller.call<http.RefundableView>('GET', `${this.#caller.site.url('receipt')}/v1/receipts/${saleId}/refundable`)).catch(() => undefined);
    return answer?.status === 200 ? answer.body : undefined;
  }

  /** @returns whether it was answered: accepted, or refused for good */
  async refund(commandId: string, body: Readonly<Record<string, unknown>>): Promise<boolean> {
    const answer = await inTime(this.#caller.call('POST', `${this.#caller.site.url('receipt')}/v1/refunds`, body, { 'idempotency-key': commandId })).catch(() => undefined);
    return answer !== undefined && answer.status < 500 && answer.status !== 429 && answer.status !== 408;
  }

  /** How the checkout stands; undefined when it cannot be asked now. */
  async status(commandId: string): Promise<Answer<Partial<http.CheckoutStatus>> | undefined> {
    return await inTime(this.#caller.call<Partial<http.CheckoutStatus>>('GET', `${this.#caller.site.url('cart')}/v1/checkouts/${commandId}`)).catch(() => undefined);
  }
}

function bodyOf({ lines, tenders }: PlannedSale, disguise: Attempt['mustRefuse']) {
  const totalMinor = tenders.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const body = { lines, currency: 'GBP', totalMinor, tenders };
  if (disguise === 'card-number') return { ...body, tenders: [{ type: 'card', amountMinor: totalMinor, cardToken: leakedCards[0] }] };
  if (disguise === 'other-body') return { ...body, lines: lines.map(({ sku, quantity }) => ({ sku, quantity: quantity + 1 })) };
  return body;
}

function readAnswer({ status, headers, body }: Answer<Reply>): Omit<Attempt, 'at' | 'tookMs'> {
  if (status < 300) {
    return {
      type: 'ok', status, isWellFormed: body.saleId !== undefined && body.state !== undefined, isReplay: headers.get('idempotency-replayed') === 'true',
      ...pick(body, 'saleId', 'totalMinor', 'acceptedAt', 'acceptedVia', 'state', 'receiptNumber', 'moneyMoved'),
    };
  }
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') === true && typeof body.code === 'string';
  return { type: isProblem && body.outcome === 'not_accepted' ? 'fail' : 'info', status, isWellFormed: isProblem, ...pick(body, 'code', 'outcome', 'moneyMoved') };
}

type Present<T, K extends keyof T> = { readonly [Key in K]?: NonNullable<T[Key]> };
const pick = <T extends object, K extends keyof T>(from: T, ...keys: readonly K[]): Present<T, K> =>
  Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Present<T, K>;

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), httpTimeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
