import { closeSync, openSync, readSync } from 'node:fs';
import type { SegmentFile } from './segment-file.ts';

/** Messages are mostly read in the order in which they were written, so one trip to the disk serves the next ones too. */
const WINDOW_BYTES = 64 * 1024;
/** Segments kept open for reading. A backlog may be in hundreds of them. */
const MOST_OPEN = 16;

interface OpenSegment {
  readonly fd: number;
  window: Buffer;
  /** Where the window begins in the file, and where what it holds ends. */
  from: number;
  to: number;
}

/**
 * Reads encodings back from the log. Synchronously: what is read is nearly always in the page cache, where a trip to the thread pool would
 * cost more than the read, and a delivery need not be split in two.
 */
export class SegmentReader {
  readonly #open = new Map<SegmentFile, OpenSegment>();

  /** @returns a view that the next read overwrites. */
  read(segment: SegmentFile, at: number, size: number): Buffer {
    const open = this.#openSegment(segment);
    if (at < open.from || at + size > open.to) this.#fill(segment, open, at, size);
    return open.window.subarray(at - open.from, at - open.from + size);
  }

  forget(segment: SegmentFile): void {
    const open = this.#open.get(segment);
    if (!open) return;
    this.#open.delete(segment);
    closeSync(open.fd);
  }

  close(): void {
    for (const segment of this.#open.keys()) this.forget(segment);
  }

  #openSegment(segment: SegmentFile): OpenSegment {
    let open = this.#open.get(segment);
    if (open) {
      // The one that was read last is the last to be closed.
      if (this.#open.size > 1) {
        this.#open.delete(segment);
        this.#open.set(segment, open);
      }
      return open;
    }
    const [leastRecent] = this.#open.keys();
    if (leastRecent && this.#open.size >= MOST_OPEN) this.forget(leastRecent);
    open = { fd: openSync(segment.path, 'r'), window: Buffer.allocUnsafeSlow(WINDOW_BYTES), from: 0, to: 0 };
    this.#open.set(segment, open);
    return open;
  }

  /** Not beyond what is written: the rest of the file will change. */
  #fill(segment: SegmentFile, open: OpenSegment, at: number, size: number): void {
    const length = Math.max(size, Math.min(WINDOW_BYTES, segment.durableBytes - at));
    if (length > open.window.length) open.window = Buffer.allocUnsafeSlow(length);
    const read = readSync(open.fd, open.window, 0, length, at);
    if (read < size) throw new Error(`Only ${read} of ${size} bytes could be read at ${at} of ${segment.path}.`);
    open.from = at;
    open.to = at + read;
  }
}
