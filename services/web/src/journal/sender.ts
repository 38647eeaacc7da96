import type { http } from '@checkout/contracts';
import { seconds, type CommandId } from '@checkout/kernel';
import type { Told } from '../api/answer.ts';
import { cardMinorOf, isOver, unfinished, type KeptSale } from './book.ts';
import type { Refusal } from './fact.ts';
import type { Journal } from './journal.ts';
import { exceededBy, exposureOf, type Limits } from './limits.ts';
import { Turns } from './turns.ts';

/** Whether the back end takes sales, as the last answer showed. `why` is what it answered when it does not. */
export type Contact = { readonly kind: 'well' } | { readonly kind: 'lost'; readonly since: number; readonly why: Refusal };

export interface SenderOptions {
  readonly journal: Journal;
  readonly sell: (commandId: CommandId, body: http.CheckoutBody) => Promise<Told>;
  readonly limits: () => Limits;
  /** The journal has a new entry, or the back end answers otherwise than before. */
  readonly onNews: (contact: Contact) => void;
  readonly now: () => number;
  /** Resolves after a time, or when the signal says so. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

const idleMs = seconds(15);
const firstAskMs = seconds(1);
const longestAskMs = seconds(15);

/**
 * Brings the journal to the back end, one sale after the other, for as long as it takes. One of these runs for all tabs. The same command
 * is sent again until its end is known: that also is how it is asked after.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #turns = new Turns();
  /** Of these nobody knows whether an attempt has arrived; at the start that is all that there are. */
  readonly #mayHaveArrived = new Set<CommandId>();
  readonly #asks = new Map<CommandId, { readonly at: number; readonly pauseMs: number }>();
  #contact: Contact = { kind: 'well' };
  #waking = new AbortController();
  #retryAfterMs = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** There is something new to send, or a reason to try at once: the line is back. */
  wake(): void {
    this.#waking.abort();
  }

  async run(stopped: AbortSignal): Promise<void> {
    for (const { commandId } of unfinished(await this.#options.journal.read())) this.#mayHaveArrived.add(commandId);
    while (!stopped.aborted) {
      this.#waking = new AbortController();
      const sale = this.#next(unfinished(await this.#options.journal.read()));
      if (sale) await this.#send(sale);
      await this.#options.sleep(this.#pauseMs(), AbortSignal.any([stopped, this.#waking.signal]));
    }
  }

  #next(open: readonly KeptSale[]): KeptSale | undefined {
    const turn = this.#turns.next(open.filter(({ standing }) => standing.state === 'waiting'));
    if (turn !== undefined) return open.find(({ commandId }) => commandId === turn);
    const now = this.#options.now();
    return open.find(({ commandId, standing }) => standing.state === 'accepted' && this.#untilAskMs(commandId, now) <= 0);
  }

  /** Never longer than the pause that was meant: a clock that is put back would else keep the sale from being asked after until it is there again. */
  #untilAskMs(commandId: CommandId, now: number): number {
    const { at, pauseMs } = this.#asks.get(commandId) ?? { at: 0, pauseMs: 0 };
    return at - now > pauseMs ? 0 : at - now;
  }

  #pauseMs(): number {
    const pause = this.#turns.pauseMs(this.#options.random(), this.#retryAfterMs);
    if (pause > 0) return pause;
    const open = unfinished(this.#options.journal.book);
    if (open.some(({ standing }) => standing.state === 'waiting')) return 0;
    const asks = open.map(({ commandId }) => this.#untilAskMs(commandId, this.#options.now()));
    return Math.max(0, Math.min(idleMs, ...asks));
  }

  async #send(sale: KeptSale): Promise<void> {
    const { commandId } = sale;
    const told = await this.#options.sell(commandId, asSent(sale));
    switch (told.kind) {
      case 'status':
        this.#succeeded(commandId);
        await this.#heard(commandId, told.status);
        break;
      case 'refused':
        this.#succeeded(commandId);
        await this.#options.journal.append(({ sales }) => (isOpen(sales.get(commandId)) ? { kind: 'refused', commandId, refusal: told.refusal, isKnown: true } : undefined));
        break;
      case 'later':
        await this.#failed(commandId, told);
        break;
      case 'signed-out':
        await this.#failed(commandId, { kind: 'later', isKnown: true, retryAfterMs: 0, why: { code: 'auth-invalid' } });
    }
    this.#options.onNews(this.#contact);
  }

  #succeeded(commandId: CommandId): void {
    this.#turns.succeeded(commandId);
    this.#retryAfterMs = 0;
    this.#contact = { kind: 'well' };
  }

  async #heard(commandId: CommandId, status: http.CheckoutStatus): Promise<void> {
    const hasEnded = isOver(status);
    const { pauseMs } = this.#asks.get(commandId) ?? { pauseMs: firstAskMs / 2 };
    const nextMs = Math.min(pauseMs * 2, longestAskMs);
    if (hasEnded) this.#asks.delete(commandId);
    else this.#asks.set(commandId, { at: this.#options.now() + nextMs, pauseMs: nextMs });
    await this.#options.journal.append(({ sales }) => {
      const sale = sales.get(commandId);
      if (!isOpen(sale)) return undefined;
      if (hasEnded) return { kind: 'ended', commandId, status };
      return sale?.standing.state === 'waiting' ? { kind: 'accepted', commandId, saleId: status.saleId } : undefined;
    });
  }

  async #failed(commandId: CommandId, { isKnown, retryAfterMs, why }: Extract<Told, { kind: 'later' }>): Promise<void> {
    const { journal, limits, now } = this.#options;
    if (!isKnown) this.#mayHaveArrived.add(commandId);
    this.#retryAfterMs = retryAfterMs;
    if (this.#contact.kind === 'well') this.#contact = { kind: 'lost', since: now(), why };
    const isToBlame = this.#turns.failed(commandId);
    await journal.append((book) => {
      const sale = book.sales.get(commandId);
      if (!isOpen(sale)) return undefined;
      const isKnownForSure = !this.#mayHaveArrived.has(commandId);
      if (isToBlame) return { kind: 'refused', commandId, refusal: why, isKnown: isKnownForSure };
      // Certainly nothing was accepted, and the customer still stands here: better to say so than to keep a card that may not be good.
      const isTooMuch = sale?.releasedAt === undefined && exceededBy(sale ? cardMinorOf(sale) : 0, exposureOf(book), limits(), now()) !== undefined;
      return isTooMuch && isKnownForSure && sale?.standing.state === 'waiting' ? { kind: 'withdrawn', commandId } : undefined;
    });
  }
}

/** Of a sale whose goods have gone the back end is told so: it then takes it as it was sold. */
const asSent = ({ body, releasedAt, soldAt, provisionalNumber, taxMode, lines }: KeptSale): http.CheckoutBody =>
  releasedAt === undefined ? body : { ...body, leftShop: { soldAt: new Date(soldAt).toISOString(), provisionalNumber, taxMode, lines: [...lines] } };

const isOpen = (sale: KeptSale | undefined): boolean => sale?.standing.state === 'waiting' || sale?.standing.state === 'accepted';
