import { limits } from '../limits.ts';
import { type Content, parseContent } from '../wire/content.ts';
import type { Encoding } from './encoding.ts';
import type { SegmentFile } from './segment-file.ts';
import { SegmentReader } from './segment-reader.ts';

/** What reading a message's bytes costs beside them: the parsed offsets and the objects around them. */
const OVERHEAD_BYTES = 300;

/** Between its neighbours. Only what is in memory has one. */
export interface RecentPlace {
  readonly encoding: Encoding;
  older: RecentPlace | undefined;
  newer: RecentPlace | undefined;
}

/**
 * Keeps the newest encodings in memory, up to a number of bytes, and reads others back. A message that is received within moments of being
 * sent is never read from the disk; a million that wait are not in memory.
 */
export class RecentEncodings {
  readonly reader = new SegmentReader();
  readonly #limitBytes: number;
  #bytes = 0;
  #oldest: RecentPlace | undefined;
  #newest: RecentPlace | undefined;

  constructor(limitBytes: number = limits.recentBytes) {
    this.#limitBytes = limitBytes;
  }

  /** From now on it may be dropped from memory: it is on disk. */
  add(encoding: Encoding): void {
    if (encoding.place || !encoding.loaded) return;
    const place: RecentPlace = { encoding, older: this.#newest, newer: undefined };
    encoding.place = place;
    if (this.#newest) this.#newest.newer = place;
    else this.#oldest = place;
    this.#newest = place;
    this.#bytes += encoding.size + OVERHEAD_BYTES;
    while (this.#bytes > this.#limitBytes && this.#oldest && this.#oldest !== place) this.#drop(this.#oldest.encoding);
  }

  /** Takes it out of the order without dropping it: it is about to be written elsewhere, or nobody wants it any more. */
  remove(encoding: Encoding): void {
    const { place } = encoding;
    if (!place) return;
    encoding.place = undefined;
    if (place.older) place.older.newer = place.newer;
    else this.#oldest = place.newer;
    if (place.newer) place.newer.older = place.older;
    else this.#newest = place.older;
    this.#bytes -= encoding.size + OVERHEAD_BYTES;
  }

  load(encoding: Encoding, segment: SegmentFile): Content {
    // Copied out, so that one message does not keep its neighbours in memory.
    const content = parseContent(Buffer.from(this.reader.read(segment, encoding.at, encoding.size)));
    encoding.loaded = content;
    this.add(encoding);
    return content;
  }

  /** Valid until the next one is read. */
  read(encoding: Encoding, segment: SegmentFile): Content {
    return parseContent(this.reader.read(segment, encoding.at, encoding.size));
  }

  #drop(encoding: Encoding): void {
    this.remove(encoding);
    encoding.loaded = undefined;
  }
}
