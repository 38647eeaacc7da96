import { realTiming, type Cancel, type ReplaySpeed, type Timing } from '@checkout/resilience';

/** What came so lately, in ms, is no backlog: it goes through at once. Busy is not behind. */
const liveMs = 5_000;
/** Somebody stands at the till of a sale that began so lately, in ms. */
const youngMs = 30_000;
/** How often a backlog is let on. What comes together is handled together, and costs less. */
const turnMs = 200;
/** A longer pause in what came is not replayed. */
const longestGapMs = 1_000;
/** After a stall the backlog does not make up for the lost turns. */
const longestTurnMs = 1_000;

export interface ReplayOptions {
  readonly speed: Pick<ReplaySpeed, 'value' | 'observe'>;
  readonly clock?: () => number;
  readonly timing?: Timing;
}

interface Waiting {
  readonly enqueuedAt: number;
  readonly tell: (isItsTurn: boolean) => void;
}

/**
 * Lets the messages of one subscription through as they come, and a backlog as it came, only some times faster. The messages say by themselves that
 * they are a backlog: they were put onto the bus a while ago. So nobody has to know how much is usual, nor that there was an outage.
 *
 * A playhead moves over the times at which they were put onto the bus, and lets everything through that it has passed, in the order of its partition.
 * Messages about a sale that began just now go through before it: somebody waits for those. The messages of one sale keep their order, because a sale
 * only grows older.
 */
export class Replay {
  readonly #speed: Pick<ReplaySpeed, 'value' | 'observe'>;
  readonly #clock: () => number;
  readonly #timing: Timing;
  /** By whoever holds the partition they came through. */
  readonly #waiting = new Map<object, Waiting[]>();
  #playhead = -Infinity;
  #movedAt: number;
  #cancelTurn: Cancel | undefined;

  constructor({ speed, clock = Date.now, timing = realTiming }: ReplayOptions) {
    this.#speed = speed;
    this.#clock = clock;
    this.#timing = timing;
    this.#movedAt = timing.now();
  }

  /**
   * @param begunAt when the sale began that it is about, as far as is known: a till's clock says so.
   * @returns nothing when the message may be handled at once; else what tells when it is its turn, or false that it will not come.
   */
  turnOf(holder: object, enqueuedAt: number, begunAt = -Infinity): Promise<boolean> | undefined {
    const now = this.#clock();
    const before = this.#waiting.get(holder);
    if (Math.abs(now - begunAt) < youngMs || (!before && now - enqueuedAt < liveMs)) return undefined;
    return new Promise((tell) => {
      if (before) before.push({ enqueuedAt, tell });
      else this.#waiting.set(holder, [{ enqueuedAt, tell }]);
      if (!this.#cancelTurn) this.#planTurn();
    });
  }

  /** The partition is let go: the turn of what still waits of it will not come. */
  giveBack(holder: object): void {
    const waiting = this.#waiting.get(holder) ?? [];
    this.#waiting.delete(holder);
    for (const { tell } of waiting) tell(false);
    if (this.#waiting.size > 0) return;
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
  }

  #planTurn(): void {
    const dueAt = this.#timing.now() + turnMs;
    this.#cancelTurn = this.#timing.after(turnMs, () => this.#turn(dueAt));
  }

  #turn(dueAt: number): void {
    this.#cancelTurn = undefined;
    this.#move();
    const now = this.#clock();
    for (const [holder, queue] of this.#waiting) {
      const stays = queue.findIndex(({ enqueuedAt }) => enqueuedAt > this.#playhead && now - enqueuedAt >= liveMs);
      for (const { tell } of queue.splice(0, stays === -1 ? queue.length : stays)) tell(true);
      if (queue.length === 0) this.#waiting.delete(holder);
    }
    this.#speed.observe(Math.max(now - this.#playhead, 0), this.#timing.now() - dueAt);
    if (this.#waiting.size > 0) this.#planTurn();
  }

  #move(): void {
    const now = this.#timing.now();
    const moved = this.#playhead + Math.min(now - this.#movedAt, longestTurnMs) * this.#speed.value;
    this.#movedAt = now;
    const oldest = Math.min(...[...this.#waiting.values()].map(([first]) => first?.enqueuedAt ?? Infinity));
    this.#playhead = oldest > moved + longestGapMs ? oldest : moved;
  }
}
