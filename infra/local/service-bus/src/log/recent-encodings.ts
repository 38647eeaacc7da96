import { limits } from '../limits.ts';
import { type Content, parseContent } from '../wire/content.ts';
import type { Encoding } from './encoding.ts';
import type { SegmentFile } from './segment-file.ts';
import { SegmentReader } from './segment-reader.ts';

/** What reading a message's bytes costs beside them: the parsed offsets and the objects around them. */
const OVERHEAD_BYTES = 300;

/**
 * Keeps the newest encodings in memory, up to a number of bytes, and reads others back. A message that is received within moments of being
 * sent is never read from the disk; a million that wait are not in memory.
 */
export class RecentEncodings {
  readonly reader = new SegmentReader();
  readonly #limitBytes: number;
  #bytes = 0;
  #oldest: Encoding | undefined;
  #newest: Encoding | undefined;

  constructor(limitBytes: number = limits.recentBytes) {
    this.#limitBytes = limitBytes;
  }

  /** From now on it may be dropped from memory: it is on disk. */
  add(encoding: Encoding): void {
    if (encoding.isRecent || !encoding.loaded) return;
    encoding.isRecent = true;
    encoding.older = this.#newest;
    if (this.#newest) this.#newest.newer = encoding;
    else this.#oldest = encoding;
    this.#newest = encoding;
    this.#bytes += encoding.size + OVERHEAD_BYTES;
    while (this.#bytes > this.#limitBytes && this.#oldest && this.#oldest !== encoding) this.#drop(this.#oldest);
  }

  /** Takes it out of the order without dropping it: it is about to be written elsewhere, or nobody wants it any more. */
  remove(encoding: Encoding): void {
    if (!encoding.isRecent) return;
    encoding.isRecent = false;
    if (encoding.older) encoding.older.newer = encoding.newer;
    else this.#oldest = encoding.newer;
    if (encoding.newer) encoding.newer.older = encoding.older;
    else this.#newest = encoding.older;
    encoding.older = undefined;
    encoding.newer = undefined;
    this.#bytes -= encoding.size + OVERHEAD_BYTES;
  }

  load(encoding: Encoding, segment: SegmentFile): Content {
    // Copied out, so that one message does not keep its neighbours in memory.
    const content = parseContent(Buffer.from(this.reader.read(segment, encoding.at, encoding.size)));
    encoding.loaded = content;
    this.add(encoding);
    return content;
  }

  #drop(encoding: Encoding): void {
    this.remove(encoding);
    encoding.loaded = undefined;
  }
}
