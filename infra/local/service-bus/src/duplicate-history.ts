import { limits } from './limits.ts';

/** The message ids an entity has seen within its window, oldest first (specification §12 "duplicates"). */
export class DuplicateHistory {
  readonly #seen = new Map<string, number>();

  /** @returns whether it was seen within the window; otherwise it counts as seen from now on. */
  isRepeated(id: string, now: number, windowMs: number): boolean {
    this.#forget(now - windowMs);
    const at = this.#seen.get(id);
    if (at !== undefined && at > now - windowMs) return true;
    this.remember(id, now);
    return false;
  }

  remember(id: string, at: number): void {
    this.#seen.delete(id);
    this.#seen.set(id, at);
  }

  clear(): void {
    this.#seen.clear();
  }

  /** Those within the window, for the log's snapshot. */
  * entries(since: number): Generator<readonly [id: string, at: number]> {
    this.#forget(since);
    yield* this.#seen;
  }

  #forget(until: number): void {
    for (const [id, at] of this.#seen) {
      if (at > until && this.#seen.size <= limits.duplicateIds) return;
      this.#seen.delete(id);
    }
  }
}
