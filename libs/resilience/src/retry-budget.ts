/**
 * Bounds what retries add to the load of a struggling dependency: each success earns a tenth of a retry, at most ten are saved up.
 * In the long run retries are then at most 10 % of the calls, however many fail.
 */
export class RetryBudget {
  #tokens = 10;

  /** What is saved up, for metrics. */
  get tokens(): number {
    return this.#tokens;
  }

  succeeded(): void {
    if (this.#tokens < 10) this.#tokens += 0.1;
  }

  /** Takes a retry when there is one. */
  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
