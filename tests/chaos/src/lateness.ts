import { spreadOf, type Spread } from './figures.ts';

const everyMs = 50;

/**
 * How late the harness's own timers come: what the machine does to everybody on it, whatever the system under test does. Times are no better than
 * this, and a run during which it grows tells little about speed.
 */
export class Lateness implements Disposable {
  readonly #seen: { readonly at: number; readonly lateMs: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    let dueAt = performance.now() + everyMs;
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#seen.push({ at: Date.now(), lateMs: Math.max(0, now - dueAt) });
      dueAt = now + everyMs;
    }, everyMs).unref();
  }

  between(from: number, to: number): Spread {
    return spreadOf(this.#seen.filter(({ at }) => at >= from && at < to).map(({ lateMs }) => lateMs));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
