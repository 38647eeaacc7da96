export type Movement = 'authorized' | 'declined' | 'captured' | 'capture_declined' | 'voided' | 'refunded' | 'refund_declined' | 'answered_twice';

export interface LedgerEntry {
  readonly sequence: number;
  readonly at: string;
  readonly movement: Movement;
  readonly authorizationId: string;
  readonly reference: string;
  /** Of a refund: its own. */
  readonly refundReference?: string;
  readonly merchantAccount?: string;
  readonly amountMinor: number;
  readonly currency: string;
}

/** The sum and the number of entries of one movement in one currency. */
export interface Total {
  readonly movement: Movement;
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: number;
}

/** What the provider did with money, in order: the other side of every invariant check. Totals are kept, so that asking stays cheap. */
export class Ledger {
  readonly #entries: LedgerEntry[] = [];
  readonly #totals = new Map<string, Total>();

  get nextSequence(): number {
    return this.#entries.length + 1;
  }

  add(entry: LedgerEntry): void {
    this.#entries.push(entry);
    const key = `${entry.movement} ${entry.currency}`;
    const { count, amountMinor } = this.#totals.get(key) ?? { count: 0, amountMinor: 0 };
    this.#totals.set(key, { movement: entry.movement, currency: entry.currency, count: count + 1, amountMinor: amountMinor + entry.amountMinor });
  }

  totals(): readonly Total[] {
    return [...this.#totals.values()];
  }

  /** Entries after a sequence number, at most `limit`. */
  after(sequence: number, limit: number): readonly LedgerEntry[] {
    return this.#entries.slice(sequence, sequence + limit);
  }

  get count(): number {
    return this.#entries.length;
  }
}
