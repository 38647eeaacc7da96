import type { RefundId, SaleId, TenantId } from '@checkout/kernel';

/** What is followed: a refund of a sale is followed by its own id. */
interface Followed {
  readonly tenantId: TenantId;
  readonly saleId: SaleId;
  readonly refundId?: RefundId;
}

/** Wakes whoever follows a sale or a refund when this process has committed something about it. What it was, they read themselves. */
export class LiveTimelines {
  readonly #watchers = new Map<string, Set<() => void>>();

  committed(changes: readonly { readonly after: Followed }[]): void {
    if (this.#watchers.size === 0) return;
    for (const { after } of changes) for (const wake of this.#watchers.get(keyOf(after.tenantId, after.refundId ?? after.saleId)) ?? []) wake();
  }

  watch(tenantId: TenantId, id: SaleId | RefundId): Watch {
    const key = keyOf(tenantId, id);
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers);
    const watch = new Watch(() => {
      watchers.delete(watch.wake);
      if (watchers.size === 0) this.#watchers.delete(key);
    });
    watchers.add(watch.wake);
    return watch;
  }

  get size(): number {
    return this.#watchers.size;
  }
}

const keyOf = (tenantId: TenantId, id: SaleId | RefundId): string => `${tenantId}/${id}`;

/** One follower's alarm. News between two waits is not lost: the next wait ends at once. */
export class Watch implements Disposable {
  readonly #end: () => void;
  #news = false;
  #resume: (() => void) | undefined;

  constructor(end: () => void) {
    this.#end = end;
  }

  readonly wake = (): void => {
    this.#news = true;
    this.#resume?.();
  };

  /** Resolves at news, when `ms` have passed or when the signal is aborted, whatever is first. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#news && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const resume = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', resume);
          resolve();
        };
        const timer = setTimeout(resume, ms);
        this.#resume = resume;
        signal.addEventListener('abort', resume, { once: true });
      });
      this.#resume = undefined;
    }
    this.#news = false;
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}
