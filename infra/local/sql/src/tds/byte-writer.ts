/** Writes little-endian values into one growing buffer. */
export class ByteWriter {
  #buffer: Buffer;
  #at = 0;

  constructor(size = 1024) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  get length(): number {
    return this.#at;
  }

  /** Room for so many more bytes; returns where they begin. */
  #grow(count: number): number {
    const at = this.#at;
    const needed = at + count;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    this.#at = needed;
    return at;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#buffer[at] = value;
    return this;
  }

  u16(value: number): this {
    const at = this.#grow(2);
    this.#buffer.writeUInt16LE(value & 0xffff, at);
    return this;
  }

  i32(value: number): this {
    const at = this.#grow(4);
    this.#buffer.writeInt32LE(value | 0, at);
    return this;
  }

  u32(value: number): this {
    const at = this.#grow(4);
    this.#buffer.writeUInt32LE(value, at);
    return this;
  }

  /** Any integer a double holds exactly, in so many bytes, two's complement. */
  integer(value: number | bigint, bytes: number): this {
    const at = this.#grow(bytes);
    if (bytes <= 4 && typeof value === 'number') {
      for (let i = 0, rest = value; i < bytes; i += 1, rest >>= 8) this.#buffer[at + i] = rest & 0xff;
      return this;
    }
    if (typeof value === 'number') {
      // Two halves are several times cheaper than a BigInt.
      const high = Math.floor(value / 0x1_0000_0000);
      this.#buffer.writeUInt32LE(value - high * 0x1_0000_0000, at);
      if (bytes === 8) this.#buffer.writeInt32LE(high, at + 4);
      else if (bytes > 4) this.#buffer.writeUIntLE(high & (2 ** ((bytes - 4) * 8) - 1), at + 4, bytes - 4);
      return this;
    }
    let rest = BigInt.asUintN(bytes * 8, value);
    for (let i = 0; i < bytes; i += 1, rest >>= 8n) this.#buffer[at + i] = Number(rest & 0xffn);
    return this;
  }

  double(value: number): this {
    const at = this.#grow(8);
    this.#buffer.writeDoubleLE(value, at);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#buffer.set(bytes, at);
    return this;
  }

  /** UTF-16LE without a length. */
  text(value: string): this {
    const at = this.#grow(value.length * 2);
    this.#buffer.write(value, at, 'utf16le');
    return this;
  }

  latin1(value: string): this {
    const at = this.#grow(value.length);
    this.#buffer.write(value, at, 'latin1');
    return this;
  }

  /** B_VARCHAR. */
  shortText(value: string): this {
    const cut = value.slice(0, 255);
    return this.u8(cut.length).text(cut);
  }

  /** US_VARCHAR. */
  longText(value: string): this {
    const cut = value.slice(0, 0xffff);
    return this.u16(cut.length).text(cut);
  }

  /** Takes back what was written after a point. */
  truncate(at: number): void {
    this.#at = at;
  }

  done(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }
}
