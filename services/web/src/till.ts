import type { Language } from '@checkout/contracts';
import { minutes } from '@checkout/kernel';
import { BackEnd, type ClockReading } from './api/back-end.ts';
import { Session } from './api/session.ts';
import type { Enrolment } from './device/enrolment.ts';
import { emptyBook } from './journal/book.ts';
import { entriesIn, exclusiveWriter, type TillDatabase } from './journal/indexed-db.ts';
import { Journal } from './journal/journal.ts';
import { DrawerSender } from './journal/drawer-sender.ts';
import { Sender } from './journal/sender.ts';
import { Attendant } from './till/attendant.ts';
import { CatalogueKeeper } from './till/catalogue-keeper.ts';
import { keepDraft, keptDraft } from './till/draft.ts';
import { Goods } from './till/goods.ts';
import { Money } from './till/money.ts';
import { LimitsKeeper } from './till/limits-keeper.ts';
import { Parking } from './till/parking.ts';
import { Selling } from './till/selling.ts';
import { Refunds } from './till/refunds.ts';
import { Shifts } from './till/shifts.ts';
import { Shown } from './till/shown.ts';
import { sleep } from './till/sleep.ts';
import { Tabs } from './till/tabs.ts';
import type { View } from './till/view.ts';

/** One till in one tab: its parts, each of which is one thing that people do at a till, and the view that they share. */
export class Till {
  readonly goods: Goods;
  readonly money: Money;
  readonly selling: Selling;
  readonly shifts: Shifts;
  readonly parking: Parking;
  readonly refunds: Refunds;
  readonly subscribe: Shown['subscribe'];
  readonly #shown: Shown;
  readonly #sender: Sender;
  readonly #drawerSender: DrawerSender;
  readonly #limits: LimitsKeeper;
  readonly #tabs: Tabs;
  readonly #attendant: Attendant;
  readonly #catalogue: CatalogueKeeper;
  readonly #stopping = new AbortController();

  constructor(database: TillDatabase, enrolment: Enrolment, language: Language) {
    const journal = new Journal(entriesIn(database), exclusiveWriter, Date.now);
    const session = new Session(enrolment);
    const shown = new Shown({
      tillId: enrolment.tillId, ...keptDraft(), steps: [], isPaying: false, book: emptyBook, damaged: new Set(), contact: { kind: 'well' }, clockOffMs: 0, isRefused: false, language,
      parked: [], isParkedKnown: false, isParking: false,
    });
    const backEnd = new BackEnd(session, (reading) => this.#clock(reading));
    const limitsKeeper = new LimitsKeeper(shown, database, backEnd);
    const limits = () => limitsKeeper.now;
    const tabs = new Tabs(shown, journal, () => [this.#sender, this.#drawerSender]);
    const catalogue = new CatalogueKeeper(shown, database, backEnd, session);
    const attendant = new Attendant({ shown, journal, backEnd, tabs, limits });
    shown.subscribe(() => keepDraft(shown.view));
    this.#shown = shown;
    this.subscribe = shown.subscribe;
    this.#tabs = tabs;
    this.#catalogue = catalogue;
    this.#attendant = attendant;
    this.#sender = new Sender({
      journal, limits, sleep, now: Date.now, random: Math.random,
      sell: (commandId, body) => backEnd.sell(commandId, body),
      onNews: (contact) => tabs.tell(contact),
    });
    this.#drawerSender = new DrawerSender({
      journal, sleep, random: Math.random,
      tell: (entryId, entry) => backEnd.tellDrawer(entryId, entry),
      onNews: () => tabs.tell(shown.view.contact),
    });
    this.#limits = limitsKeeper;
    this.goods = new Goods(shown);
    this.shifts = new Shifts(shown, journal, tabs);
    this.parking = new Parking(shown, this.goods, database, backEnd);
    this.refunds = new Refunds(shown, backEnd, this.shifts, this.#stopping.signal);
    this.money = new Money(shown, this.goods);
    this.selling = new Selling({ shown, journal, tabs, attendant, catalogue, limits, goods: this.goods });
  }

  get view(): View {
    return this.#shown.view;
  }

  async start(): Promise<void> {
    // Without this the browser may throw the journal away when the disk is full.
    void navigator.storage.persist();
    this.#tabs.listen();
    await this.#tabs.show(this.view.contact);
    await this.#catalogue.start(this.#stopping.signal);
    await this.#limits.start(this.#stopping.signal);
    void this.parking.start();
    this.refunds.start();
    // Held for as long as this tab lives; another takes over when it goes.
    void navigator.locks.request('scanlon-till-sender', () => Promise.all([this.#sender.run(this.#stopping.signal), this.#drawerSender.run(this.#stopping.signal)])).catch(() => undefined);
    if (this.view.current !== undefined) void this.#attendant.attend(this.view.current);
    setInterval(() => this.#tick(), 500);
  }

  speak(language: Language): void {
    localStorage.setItem('scanlon-till-language', language);
    document.documentElement.lang = language;
    this.#shown.set({ language });
  }


  #clock({ server, till }: ClockReading): void {
    const off = till - server;
    if (Math.abs(off - this.view.clockOffMs) > minutes(1)) this.#shown.set({ clockOffMs: off });
  }

  /** Some words change with time alone. */
  #tick(): void {
    if (this.view.current !== undefined) this.#shown.set({});
  }
}
