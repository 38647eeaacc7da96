import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const dayMs = 24 * 60 * 60_000;

/** The calendar of every program that is started with its options, and of this one: tokens that we sign have to be of the same day. */
export class Clock implements Disposable {
  readonly nodeOptions: readonly string[];
  readonly #file: string;
  readonly #realNow = Date.now;

  constructor(directory: string) {
    this.#file = join(directory, 'ahead-ms');
    this.nodeOptions = ['--import', `${pathToFileURL(join(import.meta.dirname, 'moved-clock.mjs')).href}?${encodeURIComponent(this.#file)}`];
  }

  /** Programs know it when they are started the next time. */
  moveAhead(days: number): void {
    writeFileSync(this.#file, String(days * dayMs));
    Date.now = () => this.#realNow() + days * dayMs;
  }

  [Symbol.dispose](): void {
    Date.now = this.#realNow;
  }
}
