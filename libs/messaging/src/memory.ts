/**
 * Rows as this process last wrote them, so that the next message about them need not read them again. Bounded: the oldest go first.
 *
 * What is put here holds once its commit has succeeded; the pipeline makes the store forget everything when one fails.
 */
export class Memory<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  put(key: string, row: Row): void {
    // Moved to the end, so that what is worked on stays.
    this.#rows.delete(key);
    this.#rows.set(key, row);
    if (this.#rows.size <= this.#capacity) return;
    const { value: oldest } = this.#rows.keys().next();
    if (oldest !== undefined) this.#rows.delete(oldest);
  }

  drop(key: string): void {
    this.#rows.delete(key);
  }

  forgetAll(): void {
    this.#rows.clear();
  }
}
