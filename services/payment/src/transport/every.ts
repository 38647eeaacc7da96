/** Does something again and again, one run at a time, until it is stopped; a run that fails is told of and is no reason to stop. */
export class Every {
  readonly #work: () => Promise<unknown>;
  readonly #intervalMs: number;
  readonly #onFailure: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(intervalMs: number, work: () => Promise<unknown>, onFailure: (error: unknown) => void) {
    this.#intervalMs = intervalMs;
    this.#work = work;
    this.#onFailure = onFailure;
  }

  start(): void {
    this.#schedule(0);
  }

  /** Waits for the run that is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#work()
        .then(() => {}, this.#onFailure)
        .finally(() => this.#schedule(this.#intervalMs));
    }, delayMs).unref();
  }
}
