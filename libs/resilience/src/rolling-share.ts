interface Bucket {
  all: number;
  hits: number;
}

/** How large a share of the recent calls had some property. The owner turns it: each `rotate` forgets the oldest bucket. */
export class RollingShare {
  readonly #buckets: Bucket[];

  constructor(buckets: number) {
    this.#buckets = Array.from({ length: buckets }, () => ({ all: 0, hits: 0 }));
  }

  record(hit: boolean): void {
    const newest = this.#buckets[0];
    if (!newest) return;
    newest.all += 1;
    if (hit) newest.hits += 1;
  }

  /** @returns whether at least `percent` of at least `minimum` calls had it. */
  exceeds(percent: number, minimum: number): boolean {
    let all = 0;
    let hits = 0;
    for (const bucket of this.#buckets) {
      all += bucket.all;
      hits += bucket.hits;
    }
    return all >= minimum && hits * 100 >= percent * all;
  }

  rotate(): void {
    this.#buckets.pop();
    this.#buckets.unshift({ all: 0, hits: 0 });
  }

  clear(): void {
    for (const bucket of this.#buckets) {
      bucket.all = 0;
      bucket.hits = 0;
    }
  }
}
