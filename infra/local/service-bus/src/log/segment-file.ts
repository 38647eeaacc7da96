import { closeSync, constants, fdatasync, openSync, write, writev } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { RecentEncodings } from './recent-encodings.ts';

/** Header of a group: magic, segment number, length, CRC-32 of the three and of the records. */
export const GROUP_HEADER_BYTES = 16;
const MAGIC = 0x5342_4c31;

/** Where the platform has it, every write returns only when it is on disk: one trip to the thread pool instead of two. */
const DSYNC = process.platform === 'win32' ? 0 : constants.O_DSYNC;

/** One file of the log. Its number is in every group's header, so that a file can be used again without being wiped. */
export class SegmentFile {
  readonly number: number;
  readonly path: string;
  /** Where the encodings that stand in it are read back. */
  readonly encodings: RecentEncodings;
  /** Encodings that still have copies; without any the segment can be dropped. */
  liveContents = 0;
  liveBytes = 0;
  /** Bytes written, or being written. */
  size = 0;
  /** Bytes on disk. */
  durableBytes = 0;
  #fd: number | undefined;

  constructor(directory: string, number: number, encodings: RecentEncodings) {
    this.encodings = encodings;
    this.number = number;
    this.path = segmentPath(directory, number);
  }

  openForWriting(): void {
    this.#fd = openSync(this.path, constants.O_RDWR | constants.O_CREAT | DSYNC, 0o644);
  }

  /** Appends one group. `chunks` starts with room for the header. Calls back when the bytes are on disk. */
  append(chunks: readonly Buffer[], done: (error: Error | null) => void): void {
    const fd = this.#fd;
    const [first] = chunks;
    if (fd === undefined || !first) throw new Error(`Segment ${this.path} is not open for writing.`);
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    first.writeUInt32BE(MAGIC, 0);
    first.writeUInt32BE(this.number, 4);
    first.writeUInt32BE(length - GROUP_HEADER_BYTES, 8);
    let crc = crc32(first.subarray(0, 12));
    crc = crc32(first.subarray(GROUP_HEADER_BYTES), crc);
    for (let index = 1; index < chunks.length; index += 1) crc = crc32(chunks[index] ?? '', crc);
    first.writeUInt32BE(crc, 12);

    const position = this.size;
    this.size += length;
    const isDurable = (error: Error | null): void => {
      if (!error) this.durableBytes = position + length;
      done(error);
    };
    const written = (error: NodeJS.ErrnoException | null, bytes: number): void => {
      if (error) isDurable(error);
      else if (bytes !== length) isDurable(new Error(`Only ${bytes} of ${length} bytes could be written to ${this.path}.`));
      else if (DSYNC) isDurable(null);
      else fdatasync(fd, isDurable);
    };
    if (chunks.length === 1) write(fd, first, 0, length, position, written);
    else writev(fd, chunks, position, written);
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** Records that were written together, and where they stand in the segment. */
export interface WrittenGroup {
  readonly at: number;
  readonly records: Buffer;
}

/** The valid groups at the front of a segment, and whether anything but emptiness follows them. */
export function readGroups(number: number, bytes: Buffer): { groups: WrittenGroup[]; size: number; isTorn: boolean } {
  const groups: WrittenGroup[] = [];
  let at = 0;
  while (at + GROUP_HEADER_BYTES <= bytes.length) {
    if (bytes.readUInt32BE(at) !== MAGIC || bytes.readUInt32BE(at + 4) !== number) return { groups, size: at, isTorn: false };
    const end = at + GROUP_HEADER_BYTES + bytes.readUInt32BE(at + 8);
    if (end > bytes.length) return { groups, size: at, isTorn: true };
    const records = bytes.subarray(at + GROUP_HEADER_BYTES, end);
    if (crc32(records, crc32(bytes.subarray(at, at + 12))) !== bytes.readUInt32BE(at + 12)) return { groups, size: at, isTorn: true };
    groups.push({ at: at + GROUP_HEADER_BYTES, records });
    at = end;
  }
  return { groups, size: at, isTorn: false };
}

export const segmentPath = (directory: string, number: number): string => join(directory, `${String(number).padStart(8, '0')}.log`);

/** Writes zeros ahead: syncing a write inside an allocated file needs no change of the file's metadata. */
export async function preallocate(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    const zeros = Buffer.alloc(1024 * 1024);
    for (let at = 0; at < bytes; at += zeros.length) await file.write(zeros, 0, Math.min(zeros.length, bytes - at), at);
    await file.sync();
  } finally {
    await file.close();
  }
}
