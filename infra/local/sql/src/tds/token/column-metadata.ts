import type { OutputColumn } from '../../engine/emit/query.ts';
import { ByteWriter } from '../byte-writer.ts';
import { token } from '../protocol.ts';
import { writeType } from '../type/write.ts';

const encoded = new WeakMap<readonly OutputColumn[], Buffer>();
const TIMESTAMP = 0x50;

/** COLMETADATA, [MS-TDS] 2.2.7.4. Encoded once for each plan. */
export function columnMetadata(columns: readonly OutputColumn[]): Buffer {
  const known = encoded.get(columns);
  if (known) return known;
  const writer = new ByteWriter().u8(token.columnMetadata).u16(columns.length);
  for (const { name, type, nullable } of columns) {
    writer.u32(type.kind === 'rowversion' ? TIMESTAMP : 0).u16(nullable ? 1 : 0);
    writeType(writer, type);
    writer.shortText(name);
  }
  const bytes = Buffer.from(writer.done());
  encoded.set(columns, bytes);
  return bytes;
}
