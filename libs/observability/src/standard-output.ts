import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';
import { counter } from './metrics.ts';

const standardOutput = 1;
/** What may wait to be written, in characters: about ten thousand lines. */
const mostWaiting = 4 * 1024 * 1024;
/** After a write that failed. A disk is not emptied sooner, and whoever reads a full pipe soon reads on. */
const againMs = 100;
/** How long the end of a process waits for a reader that stands still. */
const partingMs = 500;

const droppedTotal = counter('log_lines_dropped_total', 'Lines that were not written because the log takes nothing');

/**
 * Lines to standard output, written without blocking, and flushed at exit. A disk without room, or a reader that has gone or stands still, costs lines and
 * nothing else: what is sold is not in the log. Pino's own destination would end the process at the first such error, and not let it end at its
 * last (sonic-boom 4.2: its `flushSync` tries for ever).
 */
export class StandardOutput implements DestinationStream {
  static #only: StandardOutput | undefined;
  #waiting: string[] = [];
  #size = 0;
  #isWriting = false;

  /** The process has one. */
  static only(): StandardOutput {
    if (!StandardOutput.#only) {
      const made = new StandardOutput();
      StandardOutput.#only = made;
      process.on('exit', () => made.flushSync());
    }
    return StandardOutput.#only;
  }

  write(line: string): void {
    if (this.#size + line.length > mostWaiting) {
      droppedTotal.inc();
      return;
    }
    this.#waiting.push(line);
    this.#size += line.length;
    if (this.#isWriting) return;
    this.#isWriting = true;
    // The lines of one turn go together; and what a crash says last is not on its way yet when it is flushed.
    setImmediate(() => this.#write(this.#take()));
  }

  /** Pino calls it after a fatal line. Never throws. */
  flushSync(): void {
    const until = performance.now() + partingMs;
    for (let rest = this.#take(); rest.length > 0; ) {
      try {
        rest = rest.subarray(writeSync(standardOutput, rest));
      } catch (error) {
        if (!isBusy(error) || performance.now() > until) return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    }
  }

  #take(): Buffer {
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#size = 0;
    return Buffer.from(text);
  }

  #write(lines: Buffer): void {
    write(standardOutput, lines, (error, written) => {
      const rest = error ? lines : lines.subarray(written);
      if (error) setTimeout(() => this.#write(rest), againMs).unref();
      else if (rest.length > 0) this.#write(rest);
      else if (this.#waiting.length > 0) this.#write(this.#take());
      else this.#isWriting = false;
    });
  }
}

const isBusy = (error: unknown): boolean => ['EAGAIN', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '');
