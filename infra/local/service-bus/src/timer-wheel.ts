const TICK_MS = 10;
const SLOTS = 4096;

/** Something that falls due. Extend it: the links of the wheel are in the object itself, so scheduling allocates nothing. */
export abstract class Timed {
  dueAt = 0;
  slot = -1;
  next: Timed | undefined;
  previous: Timed | undefined;
  abstract onDue(now: number): void;
}

/**
 * One clock for all locks, times to live and schedules: a hashed wheel with slots of 10 ms. Scheduling and cancelling are O(1), which
 * matters because nearly every lock is cancelled. Entries further away than a turn (41 s) are passed over until their turn comes.
 */
export class TimerWheel {
  readonly #slots = Array.from<Timed | undefined>({ length: SLOTS });
  #tick = Math.floor(Date.now() / TICK_MS);
  #count = 0;
  #handle: NodeJS.Timeout | undefined;
  #isClosed = false;

  schedule(entry: Timed, dueAt: number): void {
    if (entry.slot >= 0) this.cancel(entry);
    entry.dueAt = dueAt;
    // Never into a slot that is already behind: it would wait a whole turn.
    const tick = Math.max(Math.ceil(dueAt / TICK_MS), this.#tick + 1);
    const slot = tick % SLOTS;
    const head = this.#slots[slot];
    entry.slot = slot;
    entry.previous = undefined;
    entry.next = head;
    if (head) head.previous = entry;
    this.#slots[slot] = entry;
    this.#count += 1;
    this.#wind();
  }

  cancel(entry: Timed): void {
    if (entry.slot < 0) return;
    if (entry.previous) entry.previous.next = entry.next;
    else this.#slots[entry.slot] = entry.next;
    if (entry.next) entry.next.previous = entry.previous;
    entry.slot = -1;
    entry.next = undefined;
    entry.previous = undefined;
    this.#count -= 1;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#handle);
    this.#handle = undefined;
  }

  #wind(): void {
    if (this.#handle || this.#isClosed) return;
    this.#handle = setTimeout(() => this.#turn(), TICK_MS);
    // The listening socket decides how long the process lives.
    this.#handle.unref();
  }

  #turn(): void {
    this.#handle = undefined;
    const now = Date.now();
    const target = Math.floor(now / TICK_MS);
    // After a long pause one turn visits every slot, which is all there is.
    const from = Math.max(this.#tick + 1, target - SLOTS + 1);
    for (let tick = from; tick <= target; tick += 1) this.#visit(tick % SLOTS, now);
    this.#tick = Math.max(this.#tick, target);
    if (this.#count > 0) this.#wind();
  }

  #visit(slot: number, now: number): void {
    const due: Timed[] = [];
    for (let entry = this.#slots[slot]; entry; entry = entry.next) if (entry.dueAt <= now) due.push(entry);
    for (const entry of due) {
      // An earlier one of the same slot may have cancelled or moved it.
      if (entry.slot !== slot || entry.dueAt > now) continue;
      this.cancel(entry);
      entry.onDue(now);
    }
  }
}
