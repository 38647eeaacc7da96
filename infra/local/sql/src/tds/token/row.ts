import type { OutputColumn } from '../../engine/emit/query.ts';
import type { StoredRow } from '../../engine/run/replies.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { token } from '../protocol.ts';
import { writeNull, writeValue } from '../type/write.ts';

/** ROW, [MS-TDS] 2.2.7.19; NULLs are written as the empty form of their type. */
export function writeRow(writer: ByteWriter, columns: readonly OutputColumn[], row: StoredRow): void {
  writer.u8(token.row);
  for (let i = 0; i < columns.length; i += 1) {
    const column = columns[i];
    if (!column) continue;
    const value = row[i];
    if (value === null || value === undefined) writeNull(writer, column.type);
    else writeValue(writer, column.type, value);
  }
}
