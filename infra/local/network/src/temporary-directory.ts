import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './ending.ts';

/** A new empty directory, with where it is. It goes when it is disposed of, or when this process ends. */
export class TemporaryDirectory implements Disposable {
  readonly path: string;
  readonly #hasGone: () => void;

  /** @param prefix what its name begins with, as in `checkout-demo-` */
  constructor(prefix: string) {
    this.path = mkdtempSync(join(tmpdir(), prefix));
    this.#hasGone = atExit(() => this.#remove());
  }

  [Symbol.dispose](): void {
    this.#hasGone();
    this.#remove();
  }

  /** Several times: a program that was just killed may be writing its last. */
  #remove(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}
