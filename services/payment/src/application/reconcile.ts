import { minutes, type Clock, type SaleId, type TenantId } from '@checkout/kernel';
import { differenceOf, type OurBooks, type ProviderMovement } from '../domain/reconciliation.ts';
import type { Inbox } from './ports.ts';

/** A movement younger than this may still be on its way into our books. */
const settledAfter = minutes(15);
const pageSize = 500;
/** In one run: a process that ends waits for it. The next run goes on from there. */
const mostPages = 50;

/** A line of the provider's ledger that is about money of ours. */
export interface ProviderEntry extends ProviderMovement {
  readonly sequence: number;
  readonly at: number;
  /** Undefined for a merchant account or a reference that is not ours. */
  readonly tender: TenderKey | undefined;
}
export interface TenderKey {
  readonly tenantId: TenantId;
  readonly saleId: SaleId;
  readonly position: number;
}

/** The provider's side of the books. */
export interface ProviderLedger {
  /** Movements after a sequence number, in order. @throws when the provider cannot be reached */
  page(after: number, limit: number): Promise<readonly { readonly sequence: number; readonly at: number; readonly entry: ProviderEntry | undefined }[]>;
  /** Whether an authorization holds money now. */
  isHeld(providerId: string): Promise<boolean>;
}

/** Our side. */
export interface Books {
  of(tenders: readonly TenderKey[]): Promise<(tender: TenderKey) => OurBooks | undefined>;
  comparedUpTo(): Promise<number>;
  noteComparedUpTo(sequence: number, at: number): Promise<void>;
}

interface Compared {
  readonly compared: number;
  readonly different: number;
}

/**
 * Compares the provider's ledger with ours, movement by movement, from where it stopped. It finds what no answer and no webhook has told: an
 * authorization that came after it was given up, a capture that our books do not have.
 */
export class Reconcile {
  readonly #ledger: ProviderLedger;
  readonly #books: Books;
  readonly #inbox: Pick<Inbox, 'booksDiffer'>;
  readonly #clock: Clock;
  readonly #settledAfterMs: number;

  constructor(ledger: ProviderLedger, books: Books, inbox: Pick<Inbox, 'booksDiffer'>, clock: Clock = Date.now, settledAfterMs = settledAfter) {
    this.#ledger = ledger;
    this.#books = books;
    this.#inbox = inbox;
    this.#clock = clock;
    this.#settledAfterMs = settledAfterMs;
  }

  /** @returns how many movements were compared, and how many differed. */
  async run(): Promise<Compared> {
    let [compared, different] = [0, 0];
    for (let pages = 0; pages < mostPages; pages += 1) {
      const page = await this.#page();
      compared += page.compared;
      different += page.different;
      if (page.compared < pageSize) break;
    }
    return { compared, different };
  }

  async #page(): Promise<Compared> {
    const now = this.#clock();
    const page = await this.#ledger.page(await this.#books.comparedUpTo(), pageSize);
    const end = page.findIndex(({ at }) => at > now - this.#settledAfterMs);
    const lines = end === -1 ? page : page.slice(0, end);
    const last = lines.at(-1);
    if (!last) return { compared: 0, different: 0 };

    const entries = lines.flatMap(({ entry }) => entry ?? []);
    const ours = await this.#books.of(entries.flatMap(({ tender }) => tender ?? []));
    let different = 0;
    for (const entry of entries) if (await this.#differs(entry, ours)) different += 1;
    // Only now: a process that dies on the way finds the same differences again.
    await this.#books.noteComparedUpTo(last.sequence, now);
    return { compared: lines.length, different };
  }

  async #differs(entry: ProviderEntry, ours: (tender: TenderKey) => OurBooks | undefined): Promise<boolean> {
    const { tender, providerId } = entry;
    if (!tender) return false;
    const difference = differenceOf(entry, ours(tender));
    if (!difference || (difference.isOnlyIfHeld && !(await this.#ledger.isHeld(providerId)))) return false;
    const heldId = difference.isOnlyIfHeld ? { heldId: providerId } : {};
    await this.#inbox.booksDiffer({ type: 'payment.books-differ', body: { ...tender, difference: difference.what, ...heldId } });
    return true;
  }
}
