import { seconds } from '@checkout/kernel';
import type { Checkout } from '../domain/checkout.ts';
import { keyOf, type Checkouts } from './ports.ts';

type Key = Pick<Checkout, 'tenantId' | 'commandId'>;

interface Waiting extends Key {
  readonly tell: Set<(ended: Checkout | undefined) => void>;
}

/** Asked of the table in one poll; those that wait longest come first, and then go to the back. */
const mostPolled = 1_000;
/** Connections are dearer than waiting: beyond this many, a till is told 202 and asks again. */
const mostWaiting = 10_000;

export interface CheckoutWatchOptions {
  readonly checkouts: Pick<Checkouts, 'endedAmong'>;
  /** Told when the table could not be asked. Waiting goes on: the next poll is near, and the waiter has a limit of its own. */
  readonly onPollFailed: (error: unknown) => void;
  readonly pollMs?: number;
}

/**
 * Lets a request wait for the end of its checkout. What this process commits it tells at once; what another instance commits is found by
 * one poll for all who wait, which runs only while somebody does.
 */
export class CheckoutWatch {
  readonly #options: CheckoutWatchOptions;
  readonly #waiting = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | undefined;
  #isPolling = false;
  #isClosed = false;

  constructor(options: CheckoutWatchOptions) {
    this.#options = options;
  }

  /** A checkout that has just ended, as committed here. */
  ended(checkout: Checkout): void {
    const waiting = this.#waiting.get(keyOf(checkout.tenantId, checkout.commandId));
    for (const tell of waiting?.tell ?? []) tell(checkout);
  }

  /** The checkout once it has ended, or undefined when that takes longer than `limitMs` or the waiter has gone. Never throws. */
  untilEnd({ tenantId, commandId }: Key, limitMs: number, gone?: AbortSignal): Promise<Checkout | undefined> {
    if (this.#isClosed || this.#waiting.size >= mostWaiting || gone?.aborted) return Promise.resolve(undefined);
    const key = keyOf(tenantId, commandId);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? { tenantId, commandId, tell: new Set() };
      const tell = (ended: Checkout | undefined): void => {
        clearTimeout(timer);
        gone?.removeEventListener('abort', leave);
        waiting.tell.delete(tell);
        if (waiting.tell.size === 0) this.#waiting.delete(key);
        resolve(ended);
      };
      const leave = (): void => tell(undefined);
      const timer = setTimeout(leave, limitMs);
      gone?.addEventListener('abort', leave, { once: true });
      waiting.tell.add(tell);
      this.#waiting.set(key, waiting);
      this.#schedule();
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Lets everybody go who waits, and nobody in: the process is going to end. */
  close(): void {
    this.#isClosed = true;
    for (const { tell } of this.#waiting.values()) for (const each of tell) each(undefined);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    if (this.#timer || this.#isPolling || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isPolling = true;
      void this.#poll().finally(() => {
        this.#isPolling = false;
        if (this.#waiting.size > 0) this.#schedule();
      });
    }, this.#options.pollMs ?? seconds(0.25));
  }

  async #poll(): Promise<void> {
    const asked = [...this.#waiting].slice(0, mostPolled);
    if (asked.length === 0) return;
    for (const [key, waiting] of asked) {
      this.#waiting.delete(key);
      this.#waiting.set(key, waiting);
    }
    try {
      for (const checkout of await this.#options.checkouts.endedAmong(asked.map(([, { tenantId, commandId }]) => ({ tenantId, commandId })))) this.ended(checkout);
    } catch (error) {
      this.#options.onPollFailed(error);
    }
  }
}
