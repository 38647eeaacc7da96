import type { http } from '@checkout/contracts';
import { seconds } from '@checkout/kernel';
import type { Refusal } from './fact.ts';
import type { Journal } from './journal.ts';

/** What an answer to an entry means for it. */
export type DrawerTold =
  | { readonly kind: 'told'; readonly reportNumber?: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'later' };

export interface DrawerSenderOptions {
  readonly journal: Journal;
  readonly tell: (entryId: string, entry: http.ShiftEntry) => Promise<DrawerTold>;
  readonly onNews: () => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0 to 1. */
  readonly random: () => number;
}

const idleMs = seconds(15);
const firstPauseMs = 500;
const longestPauseMs = seconds(30);

/** Tells the back end what happened to the drawer, entry by entry and in order, for as long as it takes. It has a queue of its own: no sale waits for it. */
export class DrawerSender {
  readonly #options: DrawerSenderOptions;
  #waking = new AbortController();

  constructor(options: DrawerSenderOptions) {
    this.#options = options;
  }

  wake(): void {
    this.#waking.abort();
  }

  async run(stopped: AbortSignal): Promise<void> {
    const { journal, sleep, random } = this.#options;
    let failures = 0;
    while (!stopped.aborted) {
      this.#waking = new AbortController();
      const [next] = (await journal.read()).drawer.untold;
      failures = next === undefined || (await this.#tell(next)) ? 0 : failures + 1;
      const pauseMs = failures > 0 ? Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 10)) * (0.5 + random() / 2) : journal.book.drawer.untold.length > 0 ? 0 : idleMs;
      await sleep(pauseMs, AbortSignal.any([stopped, this.#waking.signal]));
    }
  }

  /** @returns whether the next entry may follow */
  async #tell({ entryId, entry }: { readonly entryId: string; readonly entry: http.ShiftEntry }): Promise<boolean> {
    const { journal, tell, onNews } = this.#options;
    const told = await tell(entryId, entry);
    if (told.kind === 'later') return false;
    await journal.append(({ drawer }) => {
      if (!drawer.untold.some((each) => each.entryId === entryId)) return undefined;
      if (told.kind === 'refused') return { kind: 'drawer-refused', entryId, refusal: told.refusal };
      return { kind: 'drawer-told', entryId, ...(told.reportNumber !== undefined && { reportNumber: told.reportNumber }) };
    });
    onNews();
    return true;
  }
}
