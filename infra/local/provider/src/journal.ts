import { closeSync, existsSync, fdatasync, ftruncateSync, mkdirSync, openSync, readFileSync, writev } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const write = promisify(writev);
const sync = promisify(fdatasync);

/**
 * An append-only file of JSON lines that survives `kill -9`.
 *
 * Whatever is appended while one write is on its way to the disk goes with the next: one fdatasync serves all of them.
 */
export class Journal<Entry> {
  readonly #fd: number;
  readonly #gatherMs: number;
  #pending: string[] = [];
  #flushing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: unknown;

  private constructor(fd: number, gatherMs: number) {
    this.#fd = fd;
    this.#gatherMs = gatherMs;
  }

  /**
   * Replays the file, then opens it for appending. A last line that the crash cut off is removed: it was never acknowledged.
   * A flush waits `gatherMs` for company, which costs nobody anything as long as answers wait longer than that anyway.
   */
  static open<Entry>(file: string, gatherMs: number, replay: (entry: Entry) => void): Journal<Entry> {
    mkdirSync(dirname(file), { recursive: true });
    const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    // Line by line: the whole file of a long benchmark is more than one string can hold.
    for (let at = 0, end = bytes.indexOf(0x0a); at < whole; at = end + 1, end = bytes.indexOf(0x0a, at)) replay(JSON.parse(bytes.toString('utf8', at, end)));
    const fd = openSync(file, 'a');
    if (whole < bytes.length) ftruncateSync(fd, whole);
    return new Journal<Entry>(fd, gatherMs);
  }

  append(entry: Entry): void {
    this.#pending.push(`${JSON.stringify(entry)}\n`);
  }

  /** Resolves once everything appended so far is on the disk. After a failed write it rejects for good: memory is then ahead of the file. */
  flushed(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(new Error('The journal could not be written.', { cause: this.#failure }));
    if (this.#pending.length === 0) return this.#flushing ?? Promise.resolve();
    this.#next ??= (this.#flushing ?? this.#company()).then(() => {
      this.#next = undefined;
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = undefined;
      });
      return this.#flushing;
    });
    return this.#next;
  }

  async close(): Promise<void> {
    await this.flushed();
    closeSync(this.#fd);
  }

  #company(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#gatherMs > 0) setTimeout(resolve, this.#gatherMs);
      else setImmediate(resolve);
    });
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    try {
      await writeAll(this.#fd, bytes);
      await sync(this.#fd);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }
}

async function writeAll(fd: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await write(fd, [bytes.subarray(at)]);
    at += bytesWritten;
  }
}
