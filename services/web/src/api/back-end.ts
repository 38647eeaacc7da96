import { http } from '@checkout/contracts';
import type { CommandId } from '@checkout/kernel';
import type { z } from 'zod';
import type { DrawerTold } from '../journal/drawer-sender.ts';
import type { SignedLimits } from '../journal/signed-limits.ts';
import { located } from './addresses.ts';
import { doneBy, noAnswer, toldBy, type Done, type Told } from './answer.ts';
import { eventsIn } from './event-stream.ts';
import { CataloguePage, CheckoutStatus, LimitsKeys, ParkedSale, ParkedSales, RefundableView, RefundStatus, SaleOfReceipt, ShiftTold, TakenElsewhere, TimelineEntry } from './lenient.ts';
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
  follow(commandId: CommandId, gone: AbortSignal): AsyncGenerator<SaleStep | http.CheckoutStatus> {
    return this.#follow(`/api/cart/v1/checkouts/${commandId}/events`, CheckoutStatus, gone);
  }

  /** The same of a refund. */
  followRefund(commandId: CommandId, gone: AbortSignal): AsyncGenerator<SaleStep | http.RefundStatus> {
    return this.#follow(`/api/receipt/v1/refunds/${commandId}/events`, RefundStatus, gone);
  }

  /** Asks for a refund, or after it: the same command is the same refund, however often it is sent. */
  refund(commandId: CommandId, body: http.RefundBody): Promise<Done<http.RefundStatus>> {
    return this.#write('/api/receipt/v1/refunds', commandId, body, RefundStatus);
  }

  /** Which sale a receipt is of, if any; nothing when nobody could say. */
  async saleOfReceipt(storeId: string, series: string, number: number): Promise<{ readonly saleId: string | undefined } | undefined> {
    const answer = await this.#call('GET', `/api/receipt/v1/receipts?storeId=${encodeURIComponent(storeId)}&series=${series}&number=${number}&format=json`, { signal: AbortSignal.timeout(readLimitMs) });
    if (!answer) return undefined;
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.ok) return SaleOfReceipt.safeParse(body).data;
    return answer.status === 404 && typeof body === 'object' && body !== null && 'code' in body && body.code === 'not-found' ? { saleId: undefined } : undefined;
  }

  /** What can still come back of a sale; nothing when it could not be read. */
  refundable(saleId: string): Promise<http.RefundableView | undefined> {
    return this.#read(`/api/receipt/v1/receipts/${saleId}/refundable`, RefundableView);
  }

  async creditNoteText(refundId: string): Promise<string | undefined> {
    const answer = await this.#call('GET', `/api/receipt/v1/credit-notes/${refundId}?format=text`, { signal: AbortSignal.timeout(readLimitMs) });
    return answer?.ok && answer.headers.get('content-type')?.startsWith('text/plain') ? answer.text().catch(() => undefined) : undefined;
  }

  async *#follow<Status>(address: string, schema: z.ZodType<Status>, gone: AbortSignal): AsyncGenerator<SaleStep | Status> {
    const answer = await this.#call('GET', address, { signal: gone });
    if (!answer?.ok || !answer.body) return;
    try {
      for await (const { event, data } of eventsIn(answer.body)) {
        if (event !== 'status') yield stepOf(event, data);
        const status = event === 'status' ? schema.safeParse(jsonOf(data)) : undefined;
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


  /** What this till may take on cards alone, and the keys to verify it with. */
  async limits(): Promise<SignedLimits | undefined> {
    const [signed, keys] = await Promise.all([
      this.#read('/api/cart/v1/offline-limits', http.SignedLimits),
      this.#read('/api/cart/v1/offline-limits/keys', LimitsKeys),
    ]);
    return signed && keys && { token: signed.limits, keys: keys.keys };
  }

  async parked(): Promise<readonly http.ParkedSale[] | undefined> {
    return (await this.#read('/api/cart/v1/parked-sales', ParkedSales))?.parkedSales;
  }

  park(parkedId: string, basket: http.ParkBody): Promise<Done<http.ParkedSale>> {
    return this.#write('/api/cart/v1/parked-sales', parkedId, basket, ParkedSale);
  }

  /** `taken`: another till was faster. */
  async takeUp(parkedId: string, takeUpId: string): Promise<Done<http.ParkedSale> | { readonly kind: 'taken'; readonly by: string; readonly at: number }> {
    const answer = await this.#write(`/api/cart/v1/parked-sales/${parkedId}/take-up`, takeUpId, undefined, ParkedSale);
    if (answer.kind !== 'refused') return answer;
    const taken = TakenElsewhere.safeParse(answer.body);
    return taken.success ? { kind: 'taken', by: taken.data.takenBy, at: Date.parse(taken.data.takenAt) } : answer;
  }

  async tellDrawer(entryId: string, entry: http.ShiftEntry): Promise<DrawerTold> {
    const answer = await this.#write('/api/receipt/v1/shifts/entries', entryId, entry, ShiftTold);
    return answer.kind === 'done' ? { kind: 'told', ...(answer.value.reportNumber !== undefined && { reportNumber: answer.value.reportNumber }) } : answer;
  }

  async #read<T>(address: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const answer = await this.#call('GET', address, { signal: AbortSignal.timeout(readLimitMs) });
    const parsed = answer?.ok ? schema.safeParse(await answer.json().catch(() => undefined)) : undefined;
    return parsed?.success ? parsed.data : undefined;
  }

  /** Safe to repeat under the same key. */
  async #write<T>(address: string, key: string, body: object | undefined, schema: z.ZodType<T>): Promise<Done<T>> {
    const answer = await this.#call('POST', address, {
      headers: { 'idempotency-key': key, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(sendLimitMs),
    });
    return answer ? doneBy(answer.status, jsonOf(await answer.text().catch(() => '')), schema) : { kind: 'later' };
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
    const place = await located(address);
    if (signedIn.kind !== 'token' || place === undefined) return undefined;
    try {
      const answer = await fetch(place, { ...init, method, headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${signedIn.token}` } });
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
