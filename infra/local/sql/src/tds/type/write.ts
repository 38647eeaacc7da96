import { overflow } from '../../engine/error.ts';
import { guidToBytes } from '../../value/guid.ts';
import { range, type SqlType } from '../../value/sql-type.ts';
import { DAYS_1900_TO_1970, DAYS_TO_1970, MICROSECONDS_PER_DAY, roundTime } from '../../value/time.ts';
import type { Value } from '../../value/value.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { collation } from '../protocol.ts';
import { encode1252 } from './code-page.ts';

const integerBytes = { tinyint: 1, smallint: 2, int: 4, bigint: 8 } as const;
const timeBytes = (scale: number) => (scale <= 2 ? 3 : scale <= 4 ? 4 : 5);

/** TYPE_INFO. [MS-TDS] 2.2.5.6 */
export function writeType(writer: ByteWriter, type: SqlType): void {
  switch (type.kind) {
    case 'tinyint': case 'smallint': case 'int': case 'bigint': writer.u8(0x26).u8(integerBytes[type.kind]); return;
    case 'bit': writer.u8(0x68).u8(1); return;
    case 'real': writer.u8(0x6d).u8(4); return;
    case 'float': writer.u8(0x6d).u8(8); return;
    case 'decimal': writer.u8(0x6a).u8(9).u8(type.precision).u8(type.scale); return;
    case 'uniqueidentifier': writer.u8(0x24).u8(16); return;
    case 'date': writer.u8(0x28); return;
    case 'datetime': writer.u8(0x6f).u8(8); return;
    case 'datetime2': writer.u8(0x2a).u8(type.scale); return;
    case 'datetimeoffset': writer.u8(0x2b).u8(type.scale); return;
    case 'varchar': case 'char': writer.u8(type.kind === 'char' ? 0xaf : 0xa7).u16(Number.isFinite(type.length) ? type.length : 0xffff).bytes(collation); return;
    case 'nvarchar': case 'nchar': writer.u8(type.kind === 'nchar' ? 0xef : 0xe7).u16(Number.isFinite(type.length) ? type.length * 2 : 0xffff).bytes(collation); return;
    case 'varbinary': writer.u8(0xa5).u16(Number.isFinite(type.length) ? type.length : 0xffff); return;
    case 'binary': case 'rowversion': writer.u8(0xad).u16(type.length); return;
    case 'null': writer.u8(0x26).u8(4); return;
    case 'boolean': throw new Error('A condition has no place in a result.');
    default: type.kind satisfies never;
  }
}

/** A value that is not NULL. */
export function writeValue(writer: ByteWriter, type: SqlType, value: NonNullable<Value>): void {
  switch (type.kind) {
    case 'int': {
      const small = Number(value);
      if (small > 2_147_483_647 || small < -2_147_483_648) throw overflow('int');
      writer.u8(4).i32(small);
      return;
    }
    case 'bigint': writer.u8(8).integer(typeof value === 'bigint' ? value : Number(value), 8); return;
    case 'tinyint': case 'smallint': {
      const [low, high] = range[type.kind] ?? [0, 0];
      if (Number(value) < low || Number(value) > high) throw overflow(type.kind);
      writer.u8(integerBytes[type.kind]).integer(Number(value), integerBytes[type.kind]);
      return;
    }
    case 'bit': writer.u8(1).u8(Number(value) === 0 ? 0 : 1); return;
    case 'float': writer.u8(8).double(Number(value)); return;
    case 'real': {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(Number(value));
      writer.u8(4).bytes(bytes);
      return;
    }
    case 'decimal': {
      const magnitude = BigInt(value as number | bigint);
      writer.u8(9).u8(magnitude < 0n ? 0 : 1).integer(magnitude < 0n ? -magnitude : magnitude, 8);
      return;
    }
    case 'uniqueidentifier': writer.u8(16).bytes(guidToBytes(String(value))); return;
    case 'date': case 'datetime': case 'datetime2': case 'datetimeoffset': writeTime(writer, type, Number(value)); return;
    case 'rowversion': {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64BE(BigInt(value as number | bigint));
      writer.u16(8).bytes(bytes);
      return;
    }
    case 'nvarchar': case 'nchar': writeNational(writer, type, String(value)); return;
    case 'varchar': case 'char': {
      const text = encode1252(String(value).padEnd(type.kind === 'char' ? type.length : 0));
      if (Number.isFinite(type.length)) writer.u16(text.length).latin1(text);
      else plp(writer, text.length, () => writer.latin1(text));
      return;
    }
    case 'varbinary': case 'binary': {
      const bytes = value as Uint8Array;
      if (!Number.isFinite(type.length)) plp(writer, bytes.length, () => writer.bytes(bytes));
      else if (type.kind === 'binary') writer.u16(type.length).bytes(bytes).bytes(Buffer.alloc(type.length - bytes.length));
      else writer.u16(bytes.length).bytes(bytes);
      return;
    }
    case 'null': case 'boolean': throw new Error(`A value of type ${type.kind}.`);
    default: type.kind satisfies never;
  }
}

export function writeNull(writer: ByteWriter, { kind, length }: SqlType): void {
  switch (kind) {
    case 'varchar': case 'nvarchar': case 'varbinary':
      if (Number.isFinite(length)) writer.u16(0xffff);
      else writer.u32(0xffff_ffff).u32(0xffff_ffff);
      return;
    case 'char': case 'nchar': case 'binary': case 'rowversion': writer.u16(0xffff); return;
    default: writer.u8(0);
  }
}

function writeNational(writer: ByteWriter, { kind, length }: SqlType, value: string): void {
  const text = kind === 'nchar' ? value.padEnd(length) : value;
  if (Number.isFinite(length)) writer.u16(text.length * 2).text(text);
  else plp(writer, text.length * 2, () => writer.text(text));
}

/** One chunk of known size. [MS-TDS] 2.2.5.2.3 */
function plp(writer: ByteWriter, size: number, body: () => void): void {
  writer.u32(size).u32(0);
  if (size > 0) {
    writer.u32(size);
    body();
  }
  writer.u32(0);
}

function writeTime(writer: ByteWriter, { kind, scale }: SqlType, microseconds: number): void {
  const value = kind === 'date' ? microseconds : roundTime(microseconds, kind === 'datetime' ? 6 : scale);
  const day = Math.floor(value / MICROSECONDS_PER_DAY);
  const rest = value - day * MICROSECONDS_PER_DAY;
  if (kind === 'date') writer.u8(3).integer(day + DAYS_TO_1970, 3);
  else if (kind === 'datetime') writer.u8(8).i32(day + DAYS_1900_TO_1970).u32(Math.round((rest * 3) / 10_000));
  else {
    const bytes = timeBytes(scale);
    const units = Math.round(rest * 10 ** (scale - 6));
    writer.u8(bytes + 3 + (kind === 'datetimeoffset' ? 2 : 0)).integer(units, bytes).integer(day + DAYS_TO_1970, 3);
    if (kind === 'datetimeoffset') writer.u16(0);
  }
}
