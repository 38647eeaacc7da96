import type { SqlType } from '../../value/sql-type.ts';
import type { Value } from '../../value/value.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { token } from '../protocol.ts';
import { writeNull, writeType, writeValue } from '../type/write.ts';

/** RETURNSTATUS, [MS-TDS] 2.2.7.18. */
export function writeReturnStatus(writer: ByteWriter, status: number): void {
  writer.u8(token.returnStatus).i32(status);
}

/** RETURNVALUE, [MS-TDS] 2.2.7.19: an output parameter. */
export function writeReturnValue(writer: ByteWriter, ordinal: number, name: string, type: SqlType, value: Value): void {
  writer.u8(token.returnValue).u16(ordinal).shortText(name).u8(1).u32(0).u16(1);
  writeType(writer, type);
  if (value === null) writeNull(writer, type);
  else writeValue(writer, type, value);
}
