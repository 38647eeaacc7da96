import type { ByteWriter } from '../byte-writer.ts';
import { collation, token } from '../protocol.ts';

/** ENVCHANGE, [MS-TDS] 2.2.7.9. */
const kinds = { database: 1, language: 2, packetSize: 4 } as const;

export function writeTextChange(writer: ByteWriter, kind: keyof typeof kinds, to: string, from: string): void {
  writer.u8(token.envChange).u16(3 + (to.length + from.length) * 2).u8(kinds[kind]).shortText(to).shortText(from);
}

export function writeCollationChange(writer: ByteWriter): void {
  writer.u8(token.envChange).u16(8).u8(7).u8(5).bytes(collation).u8(0);
}

/** Begin tells the new descriptor; commit and rollback tell the old one. */
export function writeTransactionChange(writer: ByteWriter, change: 'begin' | 'commit' | 'rollback', descriptor: bigint): void {
  writer.u8(token.envChange).u16(11).u8(change === 'begin' ? 8 : change === 'commit' ? 9 : 10);
  if (change === 'begin') writer.u8(8).integer(descriptor, 8).u8(0);
  else writer.u8(0).u8(8).integer(descriptor, 8);
}

/** The answer to the reset bit; it comes first in the reply. */
export function writeResetAcknowledged(writer: ByteWriter): void {
  writer.u8(token.envChange).u16(3).u8(18).u8(0).u8(0);
}
