import { seconds } from '@checkout/kernel';
import type { AskProvider } from '../application/ask-provider.ts';
import type { ResolveTenders } from '../application/resolve-tenders.ts';

const interval = seconds(1);
/** A shutdown waits this long for the provider; what it does not say in time is asked for again after the next start. */
const patience = seconds(5);

/** Looks every second for tenders whose answer is overdue; one sweep at a time. */
export class ResolverTimer {
  readonly #resolve: ResolveTenders;
  readonly #asking: AskProvider;
  readonly #onFailure: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #isStopped = false;

  constructor(resolve: ResolveTenders, asking: AskProvider, onFailure: (error: unknown) => void) {
    this.#resolve = resolve;
    this.#asking = asking;
    this.#onFailure = onFailure;
  }

  start(): void {
    this.#schedule(0);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([this.#asking.finished(), new Promise((resolve) => (timer = setTimeout(resolve, patience)))]);
    clearTimeout(timer);
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#sweeping = this.#resolve.sweep()
        .then(() => {}, this.#onFailure)
        .finally(() => this.#schedule(interval));
    }, delayMs).unref();
  }
}
