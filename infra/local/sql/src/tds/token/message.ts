import type { TsqlError } from '../../engine/error.ts';
import type { ByteWriter } from '../byte-writer.ts';
import { token } from '../protocol.ts';

const SERVER = 'local';

/** ERROR, [MS-TDS] 2.2.7.10. */
export function writeError(writer: ByteWriter, { number, state, severity, message, line }: TsqlError): void {
  write(writer, token.error, number, state, severity, message, line);
}

/** INFO, [MS-TDS] 2.2.7.13: a message of severity 0. */
export function writeInfo(writer: ByteWriter, number: number, message: string): void {
  write(writer, token.info, number, 1, 0, message, 1);
}

function write(writer: ByteWriter, kind: number, number: number, state: number, severity: number, text: string, line: number): void {
  const message = text.slice(0, 2048);
  const size = 4 + 1 + 1 + 2 + message.length * 2 + 1 + SERVER.length * 2 + 1 + 4;
  writer.u8(kind).u16(size).u32(number).u8(state).u8(severity).longText(message).shortText(SERVER).u8(0).u32(line);
}
