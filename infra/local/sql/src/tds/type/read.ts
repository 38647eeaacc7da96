import { outside } from '../../engine/error.ts';
import { guidFromBytes } from '../../value/guid.ts';
import { MAX, type as types, type SqlType } from '../../value/sql-type.ts';
import { DAYS_1900_TO_1970, DAYS_TO_1970, MICROSECONDS_PER_DAY } from '../../value/time.ts';
import type { Value } from '../../value/value.ts';
import type { ByteReader } from '../byte-reader.ts';
import { knownText } from '../known-text.ts';
import { ProtocolError } from '../protocol.ts';
import { decode1252 } from './code-page.ts';

/** TYPE_INFO, [MS-TDS] 2.2.5.6: the type, and how many bytes of length its values carry. */
export interface WireType { readonly type: SqlType; readonly id: number; readonly length: number }

const integerTypes: Readonly<Record<number, SqlType>> = { 1: types.tinyint, 2: types.smallint, 4: types.int, 8: types.bigint };
const PLP = 0xffff;

export function readType(reader: ByteReader): WireType {
  const id = reader.u8();
  switch (id) {
    case 0x26: {
      const length = reader.u8();
      const type = integerTypes[length];
      if (!type) throw new ProtocolError(`An integer of ${length} bytes.`);
      return { type, id, length };
    }
    case 0x68: return { type: types.bit, id, length: reader.u8() };
    case 0x6d: {
      const length = reader.u8();
      return { type: length === 4 ? types.real : types.float, id, length };
    }
    case 0x6f: return { type: types.datetime, id, length: reader.u8() };
    case 0x24: return { type: types.uniqueidentifier, id, length: reader.u8() };
    case 0x28: return { type: types.date, id, length: 3 };
    case 0x2a: return { type: types.datetime2(reader.u8()), id, length: 8 };
    case 0x2b: return { type: types.datetimeoffset(reader.u8()), id, length: 10 };
    case 0x6a: case 0x6c: {
      const length = reader.u8();
      const precision = reader.u8();
      return { type: types.decimal(precision, reader.u8()), id, length };
    }
    case 0xa7: case 0xaf: case 0xe7: case 0xef: {
      const length = reader.u16();
      reader.skip(5);
      const make = id === 0xa7 ? types.varchar : id === 0xaf ? types.char : id === 0xe7 ? types.nvarchar : types.nchar;
      return { type: make(length === PLP ? MAX : id >= 0xe7 ? length / 2 : length), id, length };
    }
    case 0xa5: case 0xad: {
      const length = reader.u16();
      return { type: (id === 0xa5 ? types.varbinary : types.binary)(length === PLP ? MAX : length), id, length };
    }
    case 0x1f: return { type: types.null, id, length: 0 };
    // The fixed-length forms of the older types.
    case 0x30: return { type: types.tinyint, id, length: 1 };
    case 0x32: return { type: types.bit, id, length: 1 };
    case 0x34: return { type: types.smallint, id, length: 2 };
    case 0x38: return { type: types.int, id, length: 4 };
    case 0x7f: return { type: types.bigint, id, length: 8 };
    case 0x3e: return { type: types.float, id, length: 8 };
    case 0xf3: throw outside('A table-valued parameter');
    default: throw outside(`The parameter type 0x${id.toString(16)}`);
  }
}

export function readValue(reader: ByteReader, wire: WireType): Value {
  const { id, type } = wire;
  switch (id) {
    case 0x1f: return null;
    case 0x30: case 0x32: case 0x34: case 0x38: case 0x7f: return readInteger(reader, wire.length);
    case 0x3e: return reader.bytes(8).readDoubleLE(0);
    case 0x26: case 0x68: {
      const length = reader.u8();
      return length === 0 ? null : readInteger(reader, length);
    }
    case 0x6d: {
      const length = reader.u8();
      return length === 0 ? null : length === 4 ? reader.bytes(4).readFloatLE(0) : reader.bytes(8).readDoubleLE(0);
    }
    case 0x6f: return readDateTime(reader);
    case 0x24: {
      const length = reader.u8();
      return length === 0 ? null : guidFromBytes(reader.bytes(16), 0);
    }
    case 0x28: case 0x2a: case 0x2b: return readTime(reader, type);
    case 0x6a: case 0x6c: return readDecimal(reader);
    default: return readText(reader, wire);
  }
}

function readInteger(reader: ByteReader, length: number): number | bigint {
  const bytes = reader.bytes(length);
  switch (length) {
    case 1: return bytes.readUInt8(0);
    case 2: return bytes.readInt16LE(0);
    case 4: return bytes.readInt32LE(0);
    case 8: {
      const value = bytes.readBigInt64LE(0);
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    }
    default: throw new ProtocolError(`An integer of ${length} bytes.`);
  }
}

/** Days since 1900 and ticks of 1/300 s. */
function readDateTime(reader: ByteReader): number | null {
  if (reader.u8() === 0) return null;
  const bytes = reader.bytes(8);
  const milliseconds = Math.round((bytes.readUInt32LE(4) * 10) / 3);
  return (bytes.readInt32LE(0) - DAYS_1900_TO_1970) * MICROSECONDS_PER_DAY + milliseconds * 1000;
}

/** Units of 10^-scale seconds, then days since 0001-01-01, then the zone, which is dropped: the value is in UTC. */
function readTime(reader: ByteReader, { kind, scale }: SqlType): number | null {
  const length = reader.u8();
  if (length === 0) return null;
  const bytes = reader.bytes(length);
  const timeBytes = kind === 'date' ? 0 : length - 3 - (kind === 'datetimeoffset' ? 2 : 0);
  if (timeBytes < 0 || timeBytes > 5 || length < timeBytes + 3) throw new ProtocolError('A time of a wrong length.');
  const units = timeBytes === 0 ? 0 : bytes.readUIntLE(0, timeBytes);
  const days = bytes.readUIntLE(timeBytes, 3) - DAYS_TO_1970;
  return days * MICROSECONDS_PER_DAY + Math.round(units * 10 ** (6 - scale));
}

function readDecimal(reader: ByteReader): number | bigint | null {
  const length = reader.u8();
  if (length === 0) return null;
  const isPositive = reader.u8() === 1;
  const bytes = reader.bytes(length - 1);
  let magnitude = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) magnitude = (magnitude << 8n) | BigInt(bytes.readUInt8(i));
  const value = isPositive ? magnitude : -magnitude;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function readText(reader: ByteReader, { id, length }: WireType): Value {
  const bytes = length === PLP ? readPlp(reader) : readShort(reader);
  if (bytes === null) return null;
  if (id === 0xe7 || id === 0xef) return bytes.toString('utf16le');
  return id === 0xa7 || id === 0xaf ? decode1252(bytes) : bytes;
}

/** The statement and the declaration of sp_executesql. */
export function readKnownText(reader: ByteReader, wire: WireType): Value {
  if (wire.id !== 0xe7) return readValue(reader, wire);
  const bytes = wire.length === PLP ? readPlp(reader) : readShort(reader);
  return bytes && knownText(bytes);
}

function readShort(reader: ByteReader): Buffer | null {
  const length = reader.u16();
  return length === 0xffff ? null : reader.bytes(length);
}

/** Partially length-prefixed: chunks until an empty one. [MS-TDS] 2.2.5.2.3 */
function readPlp(reader: ByteReader): Buffer | null {
  if (reader.u64() === 0xffff_ffff_ffff_ffffn) return null;
  const chunks: Buffer[] = [];
  for (let size = reader.u32(); size > 0; size = reader.u32()) chunks.push(reader.bytes(size));
  const [only] = chunks;
  return chunks.length === 1 && only ? only : Buffer.concat(chunks);
}
