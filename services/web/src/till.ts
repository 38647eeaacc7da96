import type { http, Language } from '@checkout/contracts';
import { minutes, seconds, type CommandId, type Sku } from '@checkout/kernel';
import { BackEnd, type ClockReading } from './api/back-end.ts';
import { Session } from './api/session.ts';
import { newCommandId } from './device/command-id.ts';
import type { Enrolment } from './device/enrolment.ts';
import { cardMinorOf, emptyBook, isOver, type Book, type KeptSale } from './journal/book.ts';
import { entriesIn, exclusiveWriter, type TillDatabase } from './journal/indexed-db.ts';
import { Journal } from './journal/journal.ts';
import { defaultLimits, exceededBy, exposureOf, type Exceeded } from './journal/limits.ts';
import { Sender, type Contact } from './journal/sender.ts';
import { added, repriced, totalsOf, withQuantity, type Basket, type BasketFault, type Changed } from './sale/basket.ts';
import { exactly, quantityAndWords } from './sale/search.ts';
import { dueMinor, withCard, withCash, type TenderFault, type Tendered, type Tenders } from './sale/tenders.ts';

export interface Catalogue {
  readonly store: http.Store;
  readonly products: readonly http.Product[];
}

export type Notice =
  | { readonly kind: 'fault'; readonly fault: BasketFault | TenderFault | Exceeded | 'storage-failed' }
  | { readonly kind: 'not-found'; readonly text: string }
  | { readonly kind: 'repriced'; readonly beforeMinor: number; readonly nowMinor: number };

/** What the screens show. A new object whenever anything changes. */
export interface View {
  readonly tillId: string;
  readonly catalogue?: Catalogue | undefined;
  readonly basket: Basket;
  readonly tenders: Tenders;
  readonly notice?: Notice | undefined;
  /** The sale that the customer at the counter waits for. */
  readonly current?: CommandId | undefined;
  readonly steps: readonly string[];
  readonly isPaying: boolean;
  readonly book: Book;
  readonly damaged: ReadonlySet<number>;
  readonly contact: Contact;
  readonly clockOffMs: number;
  readonly isRefused: boolean;
  readonly language: Language;
}

/** How long the customer waits for the back end before the goods may go on a provisional receipt. */
const patienceMs = seconds(10);
/** When it is known already that the back end does not answer. */
const shortPatienceMs = seconds(3);
const catalogueEveryMs = minutes(10);
const catalogueAgainMs = seconds(5);
const draftKey = 'scanlon-till-draft';

interface Draft {
  readonly basket: Basket;
  readonly tenders: Tenders;
  readonly current?: CommandId | undefined;
}

/** One till in one tab: what its screens ask for, and what they show. All tabs of a till share its journal, and one of them sends. */
export class Till {
  readonly #database: TillDatabase;
  readonly #journal: Journal;
  readonly #backEnd: BackEnd;
  readonly #session: Session;
  readonly #sender: Sender;
  readonly #channel = new BroadcastChannel('scanlon-till');
  readonly #listeners = new Set<() => void>();
  readonly #stopping = new AbortController();
  #following: AbortController | undefined;
  #view: View;

  constructor(database: TillDatabase, enrolment: Enrolment, language: Language) {
    this.#database = database;
    this.#journal = new Journal(entriesIn(database), exclusiveWriter, Date.now);
    this.#session = new Session(enrolment);
    this.#backEnd = new BackEnd(this.#session, (reading) => this.#clock(reading));
    this.#sender = new Sender({
      journal: this.#journal,
      sell: (commandId, body) => this.#backEnd.sell(commandId, body),
      limits: defaultLimits,
      onNews: (contact) => this.#tell(contact),
      now: Date.now,
      sleep,
      random: Math.random,
    });
    const draft = draftIn(sessionStorage.getItem(draftKey));
    this.#view = { tillId: enrolment.tillId, ...draft, steps: [], isPaying: false, book: emptyBook, damaged: new Set(), contact: { kind: 'well' }, clockOffMs: 0, isRefused: false, language };
  }

  get view(): View {
    return this.#view;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  async start(): Promise<void> {
    // Without this the browser may throw the journal away when the disk is full.
    void navigator.storage.persist();
    this.#channel.onmessage = ({ data }: MessageEvent<Contact | 'sale'>) => {
      if (data === 'sale') this.#sender.wake();
      void this.#news(data === 'sale' ? this.#view.contact : data);
    };
    addEventListener('online', () => this.#wake());
    await this.#news(this.#view.contact);
    const catalogue = (await this.#database.get('kept', 'catalogue')) as Catalogue | undefined;
    if (catalogue) this.#set({ catalogue });
    void this.#renewCatalogue();
    // Held for as long as this tab lives; another takes over when it goes.
    void navigator.locks.request('scanlon-till-sender', () => this.#sender.run(this.#stopping.signal)).catch(() => undefined);
    if (this.#view.current !== undefined) void this.#attend(this.#view.current);
    setInterval(() => this.#tick(), 500);
  }

  speak(language: Language): void {
    localStorage.setItem('scanlon-till-language', language);
    document.documentElement.lang = language;
    this.#set({ language });
  }

  // The basket

  /** What was scanned or typed: an article as a whole, or nothing that the catalogue knows. */
  scan(text: string): boolean {
    const { quantity, words } = quantityAndWords(text);
    const product = exactly(this.#view.catalogue?.products ?? [], words);
    if (!product) {
      this.#set({ notice: { kind: 'not-found', text: words } });
      return false;
    }
    this.add(product, quantity);
    return true;
  }

  add(product: http.Product, quantity = 1): void {
    if (this.#view.current === undefined) this.#change(added(this.#view.basket, product, quantity));
  }

  setQuantity(sku: Sku, quantity: number): void {
    this.#change(withQuantity(this.#view.basket, sku, quantity));
  }

  voidSale(): void {
    this.#set({ basket: [], tenders: [], notice: undefined });
  }

  // Payment

  takeCash(handedOverMinor: number): void {
    this.#tender(withCash(this.totalMinor, this.#view.tenders, handedOverMinor));
  }

  takeCard(amountMinor: number, cardToken: string): void {
    this.#tender(withCard(this.totalMinor, this.#view.tenders, amountMinor, cardToken));
  }

  takeBack(index: number): void {
    this.#set({ tenders: this.#view.tenders.filter((_, each) => each !== index), notice: undefined });
  }

  fault(fault: TenderFault): void {
    this.#set({ notice: { kind: 'fault', fault } });
  }

  get totalMinor(): number {
    const { basket, catalogue } = this.#view;
    return catalogue ? totalsOf(basket, catalogue.store.taxMode).grossMinor : 0;
  }

  /** Sells what is on the counter, once, however often it is pressed. Written down before anything is sent. */
  async pay(): Promise<void> {
    const { basket, tenders, catalogue, isPaying, current, contact, book } = this.#view;
    if (isPaying || current !== undefined || !catalogue || basket.length === 0 || dueMinor(this.totalMinor, tenders) !== 0) return;
    const body: http.CheckoutBody = {
      lines: basket.map(({ product, quantity }) => ({ sku: product.sku, quantity })),
      currency: catalogue.store.currency,
      totalMinor: this.totalMinor,
      tenders: [...tenders],
      requestedAt: new Date().toISOString(),
    };
    const exceeded = contact.kind === 'lost' ? exceededBy(cardMinorOf({ body }), exposureOf(book), defaultLimits, Date.now()) : undefined;
    if (exceeded) return this.#set({ notice: { kind: 'fault', fault: exceeded } });
    this.#set({ isPaying: true, notice: undefined });
    const commandId = newCommandId();
    const lines = basket.map(({ product: { sku, description, unitPriceMinor, taxRateBp }, quantity }) => ({ sku, description, quantity, unitPriceMinor, taxRateBp }));
    try {
      await this.#journal.append(({ lastSequence }) => ({
        kind: 'sold', commandId, tillSequence: lastSequence + 1, provisionalNumber: `${this.#view.tillId}-${String(lastSequence + 1).padStart(6, '0')}`,
        body, lines, taxMode: catalogue.store.taxMode,
      }));
    } catch {
      return this.#set({ isPaying: false, notice: { kind: 'fault', fault: 'storage-failed' } });
    }
    this.#set({ isPaying: false, current: commandId, steps: [], book: this.#journal.book });
    this.#wake();
    void this.#attend(commandId);
  }

  /** Lets the customer go: done, kept, or being looked into. */
  next(): void {
    this.#following?.abort();
    this.#set({ current: undefined, basket: [], tenders: [], steps: [], notice: undefined });
  }

  /** The sale came to nothing: the goods are still on the counter, to be paid in another way. */
  async backToBasket(): Promise<void> {
    const current = this.#view.current && this.#view.book.sales.get(this.#view.current);
    this.#following?.abort();
    this.#set({ current: undefined, tenders: [], steps: [], notice: undefined });
    if (current && current.standing.state === 'parked') await this.#reprice();
  }

  async sendAgain(commandId: CommandId): Promise<void> {
    await this.#journal.append(({ sales }) => (sales.get(commandId)?.standing.state === 'parked' ? { kind: 'resumed', commandId } : undefined));
    this.#wake();
  }

  receiptText(saleId: string): Promise<string | undefined> {
    return this.#backEnd.receiptText(saleId);
  }

  // What happens by itself

  /** Stays with the sale of the customer at the counter until it is settled. */
  async #attend(commandId: CommandId): Promise<void> {
    const startedAt = Date.now();
    const following = new AbortController();
    this.#following = following;
    let isFollowed = false;
    while (!following.signal.aborted && !this.#stopping.signal.aborted) {
      const sale = (await this.#journal.read()).sales.get(commandId);
      if (!sale) return;
      if (sale.standing.state === 'accepted' && !isFollowed) {
        isFollowed = true;
        void this.#follow(commandId, following.signal);
      }
      if (sale.standing.state === 'waiting') await this.#keepWhenLate(sale, Date.now() - startedAt);
      else if (sale.standing.state !== 'accepted') return this.#set({ book: this.#journal.book });
      await sleep(150, following.signal);
    }
  }

  async #keepWhenLate({ commandId, releasedAt }: KeptSale, waitedMs: number): Promise<void> {
    if (releasedAt !== undefined || waitedMs < (this.#view.contact.kind === 'lost' ? shortPatienceMs : patienceMs)) return;
    const released = await this.#journal.append((book) => {
      const sale = book.sales.get(commandId);
      const isWaiting = sale?.standing.state === 'waiting' && sale.releasedAt === undefined;
      const mayGo = sale && exceededBy(cardMinorOf(sale), exposureOf(book), defaultLimits, Date.now()) === undefined;
      return isWaiting && mayGo ? { kind: 'released', commandId } : undefined;
    });
    if (released) this.#tell(this.#view.contact);
  }

  async #follow(commandId: CommandId, gone: AbortSignal): Promise<void> {
    for await (const told of this.#backEnd.follow(commandId, gone)) {
      if (gone.aborted) return;
      if ('event' in told) {
        if (told.event === 'succeeded' && told.step !== undefined) this.#set({ steps: [...this.#view.steps, told.step] });
      } else if (isOver(told)) {
        await this.#journal.append(({ sales }) => (sales.get(commandId)?.standing.state === 'accepted' ? { kind: 'ended', commandId, status: told } : undefined));
        this.#tell(this.#view.contact);
      }
    }
  }

  async #renewCatalogue(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const isRead = await this.#readCatalogue();
      const signedIn = await this.#session.signIn();
      this.#set({ isRefused: signedIn.kind === 'refused' });
      await sleep(isRead ? catalogueEveryMs : catalogueAgainMs, this.#stopping.signal);
    }
  }

  async #readCatalogue(): Promise<boolean> {
    const catalogue = await this.#backEnd.catalogue();
    if (!catalogue) return false;
    this.#set({ catalogue });
    await this.#database.put('kept', catalogue, 'catalogue').catch(() => undefined);
    return true;
  }

  async #reprice(): Promise<void> {
    const beforeMinor = this.totalMinor;
    await this.#readCatalogue();
    const products = new Map(this.#view.catalogue?.products.map((product) => [product.sku, product]));
    this.#set({ basket: repriced(this.#view.basket, (sku) => products.get(sku)) });
    const nowMinor = this.totalMinor;
    if (nowMinor !== beforeMinor) this.#set({ notice: { kind: 'repriced', beforeMinor, nowMinor } });
  }

  #change({ basket, fault }: Changed): void {
    if (this.#view.current !== undefined) return;
    // What was put down was for another total.
    this.#set(basket ? { basket, tenders: [], notice: undefined } : { notice: { kind: 'fault', fault } });
  }

  #tender({ tenders, fault }: Tendered): void {
    this.#set(tenders ? { tenders, notice: undefined } : { notice: { kind: 'fault', fault } });
  }

  #wake(): void {
    this.#sender.wake();
    this.#channel.postMessage('sale');
    void this.#news(this.#view.contact);
  }

  /** To the other tabs, and to this one. */
  #tell(contact: Contact): void {
    this.#channel.postMessage(contact);
    void this.#news(contact);
  }

  async #news(contact: Contact): Promise<void> {
    const book = await this.#journal.read();
    this.#set({ contact, book, damaged: this.#journal.damaged });
  }

  #clock({ server, till }: ClockReading): void {
    const off = till - server;
    if (Math.abs(off - this.#view.clockOffMs) > minutes(1)) this.#set({ clockOffMs: off });
  }

  /** Some words change with time alone. */
  #tick(): void {
    if (this.#view.current !== undefined) this.#set({});
  }

  #set(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    const { basket, tenders, current } = this.#view;
    sessionStorage.setItem(draftKey, JSON.stringify({ basket, tenders, current } satisfies Draft));
    for (const listener of this.#listeners) listener();
  }
}

/** What this tab had on the counter before it was loaded again. */
function draftIn(text: string | null): Draft {
  try {
    return { basket: [], tenders: [], ...(JSON.parse(text ?? '{}') as Partial<Draft>) };
  } catch {
    return { basket: [], tenders: [] };
  }
}

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
