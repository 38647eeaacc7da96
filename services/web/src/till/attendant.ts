import { seconds, type CommandId } from '@checkout/kernel';
import type { BackEnd } from '../api/back-end.ts';
import { cardMinorOf, isOver, type KeptSale } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';
import { exceededBy, exposureOf, type Limits } from '../journal/limits.ts';
import type { Shown } from './shown.ts';
import { sleep } from './sleep.ts';
import type { Tabs } from './tabs.ts';

/** How long the customer waits for the back end before the goods may go on a provisional receipt. */
const patienceMs = seconds(10);
/** When it is known already that the back end does not answer. */
const shortPatienceMs = seconds(3);
const lookEveryMs = 150;

export interface AttendantOptions {
  readonly shown: Shown;
  readonly journal: Journal;
  readonly backEnd: BackEnd;
  readonly tabs: Tabs;
  readonly limits: () => Limits;
}

/** Stays with the sale of the customer at the counter until it is settled. */
export class Attendant {
  readonly #options: AttendantOptions;
  #leaving = new AbortController();

  constructor(options: AttendantOptions) {
    this.#options = options;
  }

  async attend(commandId: CommandId): Promise<void> {
    const { shown, journal } = this.#options;
    const startedAt = Date.now();
    this.leave();
    const { signal: left } = (this.#leaving = new AbortController());
    let isFollowed = false;
    while (!left.aborted) {
      const sale = (await journal.read()).sales.get(commandId);
      if (!sale) return;
      if (sale.standing.state === 'accepted' && !isFollowed) {
        isFollowed = true;
        void this.#follow(commandId, left);
      }
      if (sale.standing.state === 'waiting') await this.#keepWhenLate(sale, Date.now() - startedAt);
      else if (sale.standing.state !== 'accepted') return shown.set({ book: journal.book });
      await sleep(lookEveryMs, left);
    }
  }

  /** The customer has gone. */
  leave(): void {
    this.#leaving.abort();
  }

  async #keepWhenLate({ commandId, releasedAt }: KeptSale, waitedMs: number): Promise<void> {
    const { shown, journal, tabs, limits } = this.#options;
    if (releasedAt !== undefined || waitedMs < (shown.view.contact.kind === 'lost' ? shortPatienceMs : patienceMs)) return;
    const released = await journal.append((book) => {
      const sale = book.sales.get(commandId);
      const isWaiting = sale?.standing.state === 'waiting' && sale.releasedAt === undefined;
      const mayGo = sale && exceededBy(cardMinorOf(sale), exposureOf(book), limits(), Date.now()) === undefined;
      return isWaiting && mayGo ? { kind: 'released', commandId } : undefined;
    });
    if (released) tabs.tell(shown.view.contact);
  }

  async #follow(commandId: CommandId, gone: AbortSignal): Promise<void> {
    const { shown, journal, backEnd, tabs } = this.#options;
    for await (const told of backEnd.follow(commandId, gone)) {
      if (gone.aborted) return;
      if ('event' in told) {
        if (told.event === 'succeeded' && told.step !== undefined) shown.set({ steps: [...shown.view.steps, told.step] });
      } else if (isOver(told)) {
        await journal.append(({ sales }) => (sales.get(commandId)?.standing.state === 'accepted' ? { kind: 'ended', commandId, status: told } : undefined));
        tabs.tell(shown.view.contact);
      }
    }
  }
}
