import { seconds } from '@checkout/kernel';
import type { AskProvider } from '../application/ask-provider.ts';
import type { ResolveTenders } from '../application/resolve-tenders.ts';
import { Every } from './every.ts';

const interval = seconds(1);
/** A shutdown waits this long for the provider; what it does not say in time is asked for again after the next start. */
const patience = seconds(5);

/** Looks every second for tenders whose answer is overdue; one sweep at a time. */
export class ResolverTimer {
  readonly #sweeps: Every;
  readonly #asking: AskProvider;

  constructor(resolve: ResolveTenders, asking: AskProvider, onFailure: (error: unknown) => void) {
    this.#sweeps = new Every(interval, () => resolve.sweep(), onFailure);
    this.#asking = asking;
  }

  start(): void {
    this.#sweeps.start();
  }

  async stop(): Promise<void> {
    await this.#sweeps.stop();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([this.#asking.finished(), new Promise((resolve) => (timer = setTimeout(resolve, patience)))]);
    clearTimeout(timer);
  }
}
