import type { ByteWriter } from '../byte-writer.ts';
import { token } from '../protocol.ts';

/** DONE, DONEPROC and DONEINPROC share one form. [MS-TDS] 2.2.7.6 */
export function writeDone(writer: ByteWriter, kind: 'done' | 'doneProc' | 'doneInProc', status: number, rows = 0): void {
  writer.u8(token[kind]).u16(status).u16(0).integer(rows, 8);
}
