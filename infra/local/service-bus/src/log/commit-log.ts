import { existsSync, renameSync } from 'node:fs';
import { rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../limits.ts';
import type { Encoding } from './encoding.ts';
import type { RecentEncodings } from './recent-encodings.ts';
import { type CopyRecord, type RecordSink, writePut } from './records.ts';
import { GROUP_HEADER_BYTES, preallocate, SegmentFile, segmentPath } from './segment-file.ts';

/** What the log needs from its owner. */
export interface LogOwner {
  /** Writes everything that is not a message: it stands at the front of each segment, so that older segments can go. */
  snapshot(sink: RecordSink): void;
  /** Writes the live messages of this segment again, so that it can be dropped. */
  moveForward(segment: SegmentFile): void;
  /** Called once after the effects of a group ran. */
  committed(): void;
  /** The disk refused a write. Nothing can be acknowledged any more. */
  failed(error: Error): void;
}

/** Records that will be written together, and what happens when they are on disk. */
interface Group {
  readonly segment: SegmentFile;
  /** Where it begins in the segment. */
  readonly at: number;
  readonly chunks: Buffer[];
  /** Bytes of the chunks so far. */
  size: number;
  readonly stored: Encoding[];
  readonly released: Encoding[];
  readonly effects: (() => void)[];
}

/**
 * The write-ahead log. All records of a tick form one group, written by one synchronous-to-disk write that does not block the event
 * loop; while it is under way the next group collects. A group that is on disk runs its effects: dispositions go out and messages
 * become deliverable only then.
 */
export class CommitLog implements RecordSink {
  readonly #directory: string;
  readonly #owner: LogOwner;
  readonly #encodings: RecentEncodings;
  /** Oldest first; the last one is written to. */
  readonly #segments: SegmentFile[];
  #slab = Buffer.allocUnsafeSlow(limits.slabBytes);
  #start = 0;
  #end = 0;
  #collecting: Group | undefined;
  #isWriting = false;
  #isScheduled = false;
  #isClosed = false;
  #spare: 'none' | 'preparing' | 'ready' = 'none';
  #idle: (() => void) | undefined;

  constructor(directory: string, segments: SegmentFile[], encodings: RecentEncodings, owner: LogOwner) {
    this.#directory = directory;
    this.#encodings = encodings;
    this.#segments = segments;
    this.#owner = owner;
  }

  /** Starts a fresh segment; call once, after recovery. */
  async open(): Promise<void> {
    const next = (this.#segments.at(-1)?.number ?? 0) + 1;
    const path = segmentPath(this.#directory, next);
    if (existsSync(this.#sparePath)) await rename(this.#sparePath, path);
    else await preallocate(path, limits.segmentBytes);
    this.#startSegment(next);
    this.#prepareSpare();
    // The snapshot at its front lets older segments go in which nothing lives, even when nothing is ever sent.
    this.afterDurable(() => undefined);
  }

  get slab(): Buffer {
    return this.#slab;
  }

  reserve(size: number): number {
    if (!this.#collecting) this.#begin();
    return this.#take(size);
  }

  /** Runs `effect` when everything recorded so far is on disk. Keep to this even when nothing was recorded: it preserves order. */
  afterDurable(effect: () => void): void {
    const group = this.#collecting ?? this.#begin();
    group.effects.push(effect);
  }

  /** Records copies of a message together with its bytes. These stay in memory at least until they are on disk. */
  put(encoding: Encoding, copies: readonly CopyRecord[]): void {
    const { content } = encoding;
    content.bytes = writePut(this, copies, content.bytes);
    const group = this.#collecting ?? this.#begin();
    group.stored.push(encoding);
    this.#encodings.remove(encoding);
    encoding.segment = group.segment;
    encoding.at = group.at + group.size + content.bytes.byteOffset - this.#slab.byteOffset - this.#start;
    group.segment.liveContents += 1;
    group.segment.liveBytes += encoding.size;
  }

  /** Notes that one copy of this message is gone once the group being collected is on disk. */
  released(encoding: Encoding): void {
    const group = this.#collecting ?? this.#begin();
    group.released.push(encoding);
  }

  get bytesOnDisk(): number {
    return this.#segments.reduce((sum, segment) => sum + Math.max(segment.size, 0), 0);
  }

  /** Waits for what is recorded, then closes the file. */
  async close(): Promise<void> {
    if (this.#collecting || this.#isWriting) await new Promise<void>((resolve) => { this.#idle = resolve; });
    this.#isClosed = true;
    while (this.#spare === 'preparing') await new Promise((resolve) => { setTimeout(resolve, 5); });
    for (const segment of this.#segments) segment.close();
    this.#encodings.reader.close();
  }

  get #sparePath(): string {
    return join(this.#directory, 'spare.log');
  }

  get #current(): SegmentFile {
    const current = this.#segments.at(-1);
    if (!current) throw new Error('The log is not open.');
    return current;
  }

  #take(size: number): number {
    if (this.#end + size > this.#slab.length) {
      if (this.#collecting && this.#end > this.#start) seal(this.#collecting, this.#slab.subarray(this.#start, this.#end));
      this.#slab = Buffer.allocUnsafeSlow(Math.max(limits.slabBytes, size));
      this.#start = 0;
      this.#end = 0;
    }
    const at = this.#end;
    this.#end += size;
    return at;
  }

  #begin(): Group {
    const isNewSegment = this.#current.size > limits.segmentBytes - limits.slabBytes && this.#spare === 'ready';
    if (isNewSegment) this.#roll();
    const group: Group = { segment: this.#current, at: this.#current.size, chunks: [], size: 0, stored: [], released: [], effects: [] };
    this.#collecting = group;
    this.#take(GROUP_HEADER_BYTES);
    if (isNewSegment || group.segment.size === 0) this.#owner.snapshot(this);
    this.#schedule();
    return group;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isWriting) return;
    this.#isScheduled = true;
    // After the poll phase: everything that arrived in this tick, on any connection, is in the group by then.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#write();
    });
  }

  #write(): void {
    const group = this.#collecting;
    // After the end nobody is told that anything was accepted.
    if (!group || this.#isWriting || this.#isClosed) return;
    this.#collecting = undefined;
    seal(group, this.#slab.subarray(this.#start, this.#end));
    this.#start = this.#end;
    if (group.chunks.length === 1 && group.chunks[0]?.length === GROUP_HEADER_BYTES) {
      // Effects without records: nothing to write, but everything before them is on disk already.
      this.#finish(group);
      return;
    }
    this.#isWriting = true;
    group.segment.append(group.chunks, (error) => {
      this.#isWriting = false;
      if (error) this.#owner.failed(error);
      else this.#finish(group);
    });
  }

  #finish(group: Group): void {
    if (group.segment !== this.#current) group.segment.close();
    for (const encoding of group.stored) if (encoding.copies > 0 && encoding.segment === group.segment) this.#encodings.add(encoding);
    for (const encoding of group.released) this.#release(encoding);
    for (const effect of group.effects) effect();
    this.#owner.committed();
    this.#dropSettledSegments();
    if (this.#collecting) this.#schedule();
    else if (this.#idle) this.#idle();
  }

  #release(encoding: Encoding): void {
    encoding.copies -= 1;
    if (encoding.copies > 0 || !encoding.segment) return;
    this.#encodings.remove(encoding);
    encoding.segment.liveContents -= 1;
    encoding.segment.liveBytes -= encoding.size;
  }

  #roll(): void {
    const number = this.#current.number + 1;
    const previous = this.#current;
    renameSync(this.#sparePath, segmentPath(this.#directory, number));
    this.#spare = 'none';
    this.#startSegment(number);
    if (!this.#isWriting) previous.close();
    this.#prepareSpare();
    this.#compact();
  }

  #startSegment(number: number): void {
    const segment = new SegmentFile(this.#directory, number, this.#encodings);
    segment.openForWriting();
    this.#segments.push(segment);
  }

  #prepareSpare(): void {
    if (this.#isClosed || this.#spare !== 'none') return;
    this.#spare = 'preparing';
    const made = `${this.#sparePath}.new`;
    preallocate(made, limits.segmentBytes)
      .then(() => rename(made, this.#sparePath))
      .then(
        () => { this.#spare = 'ready'; },
        (error: unknown) => {
          this.#spare = 'none';
          this.#owner.failed(error instanceof Error ? error : new Error(String(error)));
        },
      );
  }

  /** Only from the front: a later segment may hold the settlements of an earlier one's messages. */
  #dropSettledSegments(): void {
    for (let oldest = this.#segments[0]; oldest && this.#segments.length > 1 && oldest.liveContents === 0; oldest = this.#segments[0]) {
      this.#segments.shift();
      oldest.close();
      this.#encodings.reader.forget(oldest);
      unlink(oldest.path).catch((error: unknown) => this.#owner.failed(error instanceof Error ? error : new Error(String(error))));
    }
  }

  /**
   * Disk use stays within a small multiple of what lives: when more than twice that is held, the messages of the oldest segment move
   * to the newest. A round over all segments moves at most what lives, so the cost a message bears is bounded too.
   */
  #compact(): void {
    const live = this.#segments.reduce((sum, segment) => sum + segment.liveBytes, 0);
    const total = this.#segments.length * limits.segmentBytes;
    const oldest = this.#segments[0];
    if (!oldest || this.#segments.length <= limits.segmentsBeforeCompaction || total < live * 2.5) return;
    setImmediate(() => this.#owner.moveForward(oldest));
  }
}

function seal(group: Group, chunk: Buffer): void {
  group.chunks.push(chunk);
  group.size += chunk.length;
}
