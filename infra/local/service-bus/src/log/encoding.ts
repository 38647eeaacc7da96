import type { Content } from '../wire/content.ts';
import type { RecentPlace } from './recent-encodings.ts';
import type { SegmentFile } from './segment-file.ts';

/**
 * A message's encoding, shared by its copies. It stands in the log; in memory it is until it is on disk, and after that as long as it is
 * recent (`RecentEncodings`). Millions of these may wait, so it holds nothing else.
 */
export class Encoding {
  readonly size: number;
  /** Where it stands; undefined until it was given to the log. */
  segment: SegmentFile | undefined;
  at = 0;
  /** Copies of the message that are still in some entity. */
  copies = 0;
  /** What is in memory of it. */
  loaded: Content | undefined;
  /** Its place among the recent ones, for `RecentEncodings` alone. */
  place: RecentPlace | undefined;

  private constructor(size: number, loaded: Content | undefined, segment: SegmentFile | undefined, at: number) {
    this.size = size;
    this.loaded = loaded;
    this.segment = segment;
    this.at = at;
  }

  /** One that has just arrived. */
  static of(content: Content): Encoding {
    return new Encoding(content.bytes.length, content, undefined, 0);
  }

  /** One that the log holds. */
  static standing(segment: SegmentFile, at: number, size: number): Encoding {
    return new Encoding(size, undefined, segment, at);
  }

  /** Read from the log when it is not in memory. */
  get content(): Content {
    if (this.loaded) return this.loaded;
    if (!this.segment) throw new Error('An encoding is neither in memory nor in the log.');
    return this.segment.encodings.load(this, this.segment);
  }

  /** The same to look at once: what is not in memory does not come there. Valid until the next one is read. */
  glimpse(): Content {
    if (this.loaded) return this.loaded;
    return this.segment ? this.segment.encodings.read(this, this.segment) : this.content;
  }
}
