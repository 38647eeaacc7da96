/** The AMQP 1.0 type system, read side (AMQP 1.0 §1.6): skipping is what the hot path does, decoding what the rest does. */

/** The bytes are not AMQP. */
export class DecodeError extends Error {}

/** A described value, for the few places where the descriptor matters. */
export interface Described {
  readonly descriptor: AmqpValue;
  readonly value: AmqpValue;
}

export type AmqpValue = null | boolean | number | bigint | string | Date | Buffer | readonly AmqpValue[] | Map<AmqpValue, AmqpValue> | Described;

export function u8(bytes: Buffer, at: number): number {
  const value = bytes[at];
  if (value === undefined) throw new DecodeError(`The value ends at ${at}, past the end of its ${bytes.length} bytes.`);
  return value;
}

/** Where the value that starts at `at` ends. The width is in the high half of the constructor (AMQP 1.0 §1.2). */
export function skipValue(bytes: Buffer, at: number): number {
  const code = u8(bytes, at);
  switch (code >> 4) {
    case 0x0:
      if (code !== 0) break;
      return skipValue(bytes, skipValue(bytes, at + 1));
    case 0x4:
      return at + 1;
    case 0x5:
      return at + 2;
    case 0x6:
      return at + 3;
    case 0x7:
      return at + 5;
    case 0x8:
      return at + 9;
    case 0x9:
      return at + 17;
    case 0xa:
    case 0xc:
    case 0xe:
      return at + 2 + u8(bytes, at + 1);
    case 0xb:
    case 0xd:
    case 0xf:
      return at + 5 + bytes.readUInt32BE(at + 1);
    default:
      break;
  }
  throw new DecodeError(`There is no AMQP type with constructor 0x${code.toString(16)}.`);
}

/** An unsigned integer of any width, or `fallback` for null. Longs beyond 2^53 lose precision, which no counter of ours reaches. */
export function readUnsigned(bytes: Buffer, at: number, fallback: number): number {
  switch (u8(bytes, at)) {
    case 0x40:
      return fallback;
    case 0x43:
    case 0x44:
      return 0;
    case 0x50:
    case 0x52:
    case 0x53:
      return u8(bytes, at + 1);
    case 0x60:
      return bytes.readUInt16BE(at + 1);
    case 0x70:
      return bytes.readUInt32BE(at + 1);
    case 0x80:
      return bytes.readUInt32BE(at + 1) * 0x1_0000_0000 + bytes.readUInt32BE(at + 5);
    default:
      throw new DecodeError(`Expected an unsigned integer, found constructor 0x${u8(bytes, at).toString(16)}.`);
  }
}

export function readBoolean(bytes: Buffer, at: number, fallback: boolean): boolean {
  switch (u8(bytes, at)) {
    case 0x40:
      return fallback;
    case 0x41:
      return true;
    case 0x42:
      return false;
    case 0x56:
      return u8(bytes, at + 1) !== 0;
    default:
      throw new DecodeError(`Expected a boolean, found constructor 0x${u8(bytes, at).toString(16)}.`);
  }
}

/** The text of a string or symbol, `undefined` for null or any other type. */
export function readText(bytes: Buffer, at: number): string | undefined {
  switch (u8(bytes, at)) {
    case 0xa1:
    case 0xa3:
      return bytes.toString('utf8', at + 2, at + 2 + u8(bytes, at + 1));
    case 0xb1:
    case 0xb3:
      return bytes.toString('utf8', at + 5, at + 5 + bytes.readUInt32BE(at + 1));
    default:
      return undefined;
  }
}

/** Opens a list, map or array: its element count, where its first element starts and where it ends. */
export function openCompound(bytes: Buffer, at: number): { count: number; first: number; end: number } {
  switch (u8(bytes, at)) {
    case 0x45:
      return { count: 0, first: at + 1, end: at + 1 };
    case 0xc0:
    case 0xc1:
    case 0xe0:
      return { count: u8(bytes, at + 2), first: at + 3, end: at + 2 + u8(bytes, at + 1) };
    case 0xd0:
    case 0xd1:
    case 0xf0:
      return { count: bytes.readUInt32BE(at + 5), first: at + 9, end: at + 5 + bytes.readUInt32BE(at + 1) };
    default:
      throw new DecodeError(`Expected a list or map, found constructor 0x${u8(bytes, at).toString(16)}.`);
  }
}

function signed64(bytes: Buffer, at: number): number | bigint {
  const value = bytes.readBigInt64BE(at);
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function unsigned64(bytes: Buffer, at: number): number | bigint {
  const value = bytes.readBigUInt64BE(at);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** The whole value at `at`. Longs within 2^53 come as numbers, others as bigints; symbols as strings; uuids as 16 bytes. */
export function readValue(bytes: Buffer, at: number): AmqpValue {
  const code = u8(bytes, at);
  switch (code) {
    case 0x00: {
      const valueAt = skipValue(bytes, at + 1);
      return { descriptor: readValue(bytes, at + 1), value: readValue(bytes, valueAt) };
    }
    case 0x40:
      return null;
    case 0x41:
    case 0x42:
    case 0x56:
      return readBoolean(bytes, at, false);
    case 0x43:
    case 0x44:
    case 0x50:
    case 0x52:
    case 0x53:
    case 0x60:
    case 0x70:
      return readUnsigned(bytes, at, 0);
    case 0x80:
      return unsigned64(bytes, at + 1);
    case 0x51:
    case 0x54:
    case 0x55:
      return bytes.readInt8(at + 1);
    case 0x61:
      return bytes.readInt16BE(at + 1);
    case 0x71:
    case 0x73:
      return bytes.readInt32BE(at + 1);
    case 0x81:
      return signed64(bytes, at + 1);
    case 0x72:
      return bytes.readFloatBE(at + 1);
    case 0x82:
      return bytes.readDoubleBE(at + 1);
    case 0x83:
      return new Date(Number(bytes.readBigInt64BE(at + 1)));
    case 0x98:
      return bytes.subarray(at + 1, at + 17);
    case 0xa0:
      return bytes.subarray(at + 2, at + 2 + u8(bytes, at + 1));
    case 0xb0:
      return bytes.subarray(at + 5, at + 5 + bytes.readUInt32BE(at + 1));
    case 0xa1:
    case 0xa3:
    case 0xb1:
    case 0xb3:
      return readText(bytes, at) ?? null;
    case 0x45:
    case 0xc0:
    case 0xd0: {
      const { count, first } = openCompound(bytes, at);
      const items: AmqpValue[] = [];
      for (let index = 0, next = first; index < count; index += 1, next = skipValue(bytes, next)) items.push(readValue(bytes, next));
      return items;
    }
    case 0xc1:
    case 0xd1: {
      const { count, first } = openCompound(bytes, at);
      const map = new Map<AmqpValue, AmqpValue>();
      for (let index = 0, next = first; index < count; index += 2) {
        const valueAt = skipValue(bytes, next);
        map.set(readValue(bytes, next), readValue(bytes, valueAt));
        next = skipValue(bytes, valueAt);
      }
      return map;
    }
    default:
      throw new DecodeError(`Values with constructor 0x${code.toString(16)} cannot be read here.`);
  }
}

/** Fails unless the value at `at` lies wholly before `end`. Buffers are views of larger ones, so running over would read a neighbour. */
export function skipWithin(bytes: Buffer, at: number, end: number): number {
  const next = skipValue(bytes, at);
  if (next > end) throw new DecodeError(`A value runs ${next - end} bytes over the end of its section.`);
  return next;
}
