import { ProtocolError } from './protocol.ts';

/** Reads little-endian values in order. Everything past the end is a protocol error, never undefined. */
export class ByteReader {
  #at: number;
  constructor(readonly buffer: Buffer, at = 0) {
    this.#at = at;
  }

  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.buffer.length - this.#at;
  }

  #take(count: number): number {
    const at = this.#at;
    if (count < 0 || at + count > this.buffer.length) throw new ProtocolError('A message ends in the middle of a value.');
    this.#at = at + count;
    return at;
  }

  skip(count: number): void {
    this.#take(count);
  }

  u8(): number {
    return this.buffer.readUInt8(this.#take(1));
  }

  u16(): number {
    return this.buffer.readUInt16LE(this.#take(2));
  }

  u32(): number {
    return this.buffer.readUInt32LE(this.#take(4));
  }

  u64(): bigint {
    return this.buffer.readBigUInt64LE(this.#take(8));
  }

  bytes(count: number): Buffer {
    const at = this.#take(count);
    return this.buffer.subarray(at, at + count);
  }

  /** UTF-16LE of so many characters. */
  text(characters: number): string {
    const at = this.#take(characters * 2);
    return this.buffer.toString('utf16le', at, at + characters * 2);
  }

  /** B_VARCHAR: a count of characters in one byte, then the characters. */
  shortText(): string {
    return this.text(this.u8());
  }
}
