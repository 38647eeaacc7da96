import type { Value } from '../value/value.ts';
import type { SqlType } from '../value/sql-type.ts';
import type { ByteReader } from './byte-reader.ts';
import { ProtocolError } from './protocol.ts';
import { readKnownText, readType, readValue } from './type/read.ts';

export interface RpcParameter { readonly name: string; readonly isOutput: boolean; readonly type: SqlType; readonly value: Value }
export interface RpcRequest { readonly procedure: string; readonly parameters: readonly RpcParameter[] }

/** [MS-TDS] 2.2.6.6: well-known procedures by number. */
const byId: Readonly<Record<number, string>> = { 10: 'sp_executesql', 11: 'sp_prepare', 12: 'sp_execute', 13: 'sp_prepexec', 15: 'sp_unprepare' };

export function readRpc(reader: ByteReader): RpcRequest {
  const length = reader.u16();
  let procedure: string | undefined;
  if (length === 0xffff) {
    const id = reader.u16();
    procedure = byId[id];
    if (procedure === undefined) throw new ProtocolError(`The procedure number ${id} is not supported.`);
  } else procedure = reader.text(length).replace(/^(?:\[?(?:sys|dbo)\]?\.)?\[?(.*?)\]?$/i, '$1').toLowerCase();
  reader.skip(2);
  const texts = procedure === 'sp_executesql' ? 2 : 0;
  const parameters: RpcParameter[] = [];
  while (reader.remaining > 0) {
    const name = reader.shortText().toLowerCase();
    const status = reader.u8();
    const wire = readType(reader);
    parameters.push({ name, isOutput: (status & 1) !== 0, type: wire.type, value: parameters.length < texts ? readKnownText(reader, wire) : readValue(reader, wire) });
  }
  return { procedure, parameters };
}

/** ALL_HEADERS stands before batches and calls; nothing in it is needed. [MS-TDS] 2.2.5.3 */
export function skipHeaders(reader: ByteReader): void {
  const total = reader.u32();
  if (total < 4 || total > reader.remaining + 4) throw new ProtocolError('ALL_HEADERS has a wrong length.');
  reader.skip(total - 4);
}
