import { ByteWriter } from './byte-writer.ts';
import { ProtocolError } from './protocol.ts';

const option = { version: 0, encryption: 1, instance: 2, thread: 3, mars: 4, federated: 6, end: 0xff } as const;
/** [MS-TDS] 2.2.6.5, ENCRYPT_*. */
export const encryption = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

export interface Prelogin { readonly encryption: number; readonly isFederated: boolean }

/** PRELOGIN, [MS-TDS] 2.2.6.5: a table of options, each with offset and length, big-endian. */
export function readPrelogin(body: Buffer): Prelogin {
  const options = new Map<number, Buffer>();
  for (let at = 0; ; at += 5) {
    const kind = body[at];
    if (kind === undefined) throw new ProtocolError('PRELOGIN has no terminator.');
    if (kind === option.end) break;
    if (at + 5 > body.length) throw new ProtocolError('PRELOGIN ends inside an option.');
    const offset = body.readUInt16BE(at + 1);
    const length = body.readUInt16BE(at + 3);
    if (offset + length > body.length) throw new ProtocolError('PRELOGIN points past its end.');
    options.set(kind, body.subarray(offset, offset + length));
  }
  return { encryption: options.get(option.encryption)?.[0] ?? encryption.notSupported, isFederated: options.has(option.federated) };
}

export function writePrelogin(answer: number, isFederated: boolean): Buffer {
  const parts: readonly (readonly [number, readonly number[]])[] = [
    [option.version, [16, 0, 0, 0, 0, 0]],
    [option.encryption, [answer]],
    [option.instance, [0]],
    [option.thread, []],
    [option.mars, [0]],
    ...(isFederated ? [[option.federated, [1]] as const] : []),
  ];
  let offset = parts.length * 5 + 1;
  const head = new ByteWriter(64);
  for (const [kind, data] of parts) {
    head.u8(kind).u8(offset >> 8).u8(offset & 0xff).u8(0).u8(data.length);
    offset += data.length;
  }
  head.u8(option.end);
  for (const [, data] of parts) head.bytes(Uint8Array.from(data));
  return head.done();
}
