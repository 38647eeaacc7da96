import type { http } from '@checkout/contracts';
import type { CommandId } from '@checkout/kernel';
import { noAnswer, toldBy, type Told } from './answer.ts';
import { eventsIn } from './event-stream.ts';
import { CataloguePage, CheckoutStatus, TimelineEntry } from './lenient.ts';
import type { Session } from './session.ts';

/** A till that hears nothing for this long goes on by itself. */
const sendLimitMs = 3_000;
const readLimitMs = 5_000;

/** What the back end's clock said last, and ours at that moment. */
export interface ClockReading {
  readonly server: number;
  readonly till: number;
}

export interface SaleStep {
  readonly event: string;
  readonly step?: string | undefined;
}

/** The services as this till uses them. Nothing here throws: a call that came to nothing says so. */
export class BackEnd {
  readonly #session: Session;
  readonly #onClock: (reading: ClockReading) => void;

  constructor(session: Session, onClock: (reading: ClockReading) => void) {
    this.#session = session;
    this.#onClock = onClock;
  }

  /** Sends a sale, or asks after it: the same command is the same sale, however often it is sent. */
  async sell(commandId: CommandId, body: http.CheckoutBody): Promise<Told> {
    const told = await this.#sellOnce(commandId, body);
    return told.kind === 'signed-out' ? this.#sellOnce(commandId, body) : told;
  }

  /** The steps of a sale as they are done, and its end when that was heard. */
  async *follow(commandId: CommandId, gone: AbortSignal): AsyncGenerator<SaleStep | http.CheckoutStatus> {
    const answer = await this.#call('GET', `/api/cart/v1/checkouts/${commandId}/events`, { signal: gone });
    if (!answer?.ok || !answer.body) return;
    try {
      for await (const { event, data } of eventsIn(answer.body)) {
        if (event !== 'status') yield stepOf(event, data);
        const status = event === 'status' ? CheckoutStatus.safeParse(jsonOf(data)) : undefined;
        if (status?.success) yield status.data;
      }
    } catch {
      // Broken off: whoever follows asks for the status instead.
    }
  }

  /** The store and all its products; nothing when they could not all be read. */
  async catalogue(): Promise<{ readonly store: http.Store; readonly products: readonly http.Product[] } | undefined> {
    const products: http.Product[] = [];
    for (let after: string | undefined; ; ) {
      const answer = await this.#call('GET', `/api/cart/v1/catalogue${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`, { signal: AbortSignal.timeout(readLimitMs) });
      const page = answer?.ok ? CataloguePage.safeParse(await answer.json().catch(() => undefined)) : undefined;
      if (!page?.success) return undefined;
      products.push(...page.data.products);
      if (page.data.next === undefined) return { store: page.data.store, products };
      after = page.data.next;
    }
  }

  /** The receipt as the store's series numbers it, laid out for a printer. */
  async receiptText(saleId: string): Promise<string | undefined> {
    const answer = await this.#call('GET', `/api/receipt/v1/receipts/${saleId}`, { headers: { accept: 'text/plain' }, signal: AbortSignal.timeout(readLimitMs) });
    return answer?.ok && answer.headers.get('content-type')?.startsWith('text/plain') ? answer.text().catch(() => undefined) : undefined;
  }

  async #sellOnce(commandId: CommandId, body: http.CheckoutBody): Promise<Told> {
    const answer = await this.#call('POST', '/api/cart/v1/checkouts', {
      headers: { 'content-type': 'application/json', 'idempotency-key': commandId },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(sendLimitMs),
    });
    if (!answer) return noAnswer;
    const text = await answer.text().catch(() => '');
    return toldBy(answer.status, jsonOf(text));
  }

  /** Nothing when there was no answer, or no token could be had. */
  async #call(method: string, address: string, init: RequestInit): Promise<Response | undefined> {
    const signedIn = await this.#session.signIn();
    if (signedIn.kind !== 'token') return undefined;
    try {
      const answer = await fetch(address, { ...init, method, headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${signedIn.token}` } });
      if (answer.status === 401) await this.#session.signIn(signedIn.token);
      const date = Date.parse(answer.headers.get('date') ?? '');
      if (!Number.isNaN(date)) this.#onClock({ server: date, till: Date.now() });
      return answer;
    } catch {
      return undefined;
    }
  }
}

function stepOf(event: string, data: string): SaleStep {
  const parsed = TimelineEntry.safeParse(jsonOf(data));
  return { event, step: parsed.success ? parsed.data.step : undefined };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
