import type { ByteWriter } from './byte-writer.ts';
import { ProtocolError, token } from './protocol.ts';
import { writeCollationChange, writeTextChange } from './token/env-change.ts';
import { writeInfo } from './token/message.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly application: string;
  readonly database: string;
  readonly packetSize: number;
  /** Ids of the features asked for. */
  readonly features: ReadonlySet<number>;
  /** Entra: with its token, or, when the driver fetches one first, without. */
  readonly federated: { readonly token: string | undefined } | undefined;
}

const SMALLEST_PACKET = 512;
const LARGEST_PACKET = 32_767;

/** LOGIN7, [MS-TDS] 2.2.6.4. */
export function readLogin(body: Buffer): Login {
  if (body.length < 94) throw new ProtocolError('LOGIN7 is too short.');
  const bytes = (at: number) => {
    const offset = body.readUInt16LE(at);
    const length = body.readUInt16LE(at + 2) * 2;
    if (offset + length > body.length) throw new ProtocolError('LOGIN7 points past its end.');
    return body.subarray(offset, offset + length);
  };
  const text = (at: number) => bytes(at).toString('utf16le');
  const packetSize = body.readUInt32LE(8);
  const features = (body.readUInt8(27) & 0x10) === 0 ? new Map<number, Buffer>() : readFeatures(body);
  return {
    user: text(40),
    password: reveal(bytes(44)),
    application: text(48),
    database: text(68),
    packetSize: Math.min(LARGEST_PACKET, Math.max(SMALLEST_PACKET, packetSize)),
    features: new Set(features.keys()),
    federated: readFederated(features.get(FEDERATED)),
  };
}

/** Each byte travels with its halves swapped and XORed with 0xA5. That hides nothing; it is what the protocol says. */
function reveal(hidden: Buffer): string {
  const plain = Buffer.from(hidden.map((byte) => { const x = byte ^ 0xa5; return ((x << 4) | (x >> 4)) & 0xff; }));
  return plain.toString('utf16le');
}

function readFeatures(body: Buffer): ReadonlyMap<number, Buffer> {
  const features = new Map<number, Buffer>();
  const pointer = body.readUInt16LE(56);
  if (pointer + 4 > body.length) throw new ProtocolError('LOGIN7 points past its end.');
  for (let at = body.readUInt32LE(pointer); ;) {
    const id = body[at];
    if (id === undefined) throw new ProtocolError('The feature extension has no terminator.');
    if (id === 0xff) return features;
    if (at + 5 > body.length) throw new ProtocolError('The feature extension ends inside a feature.');
    const end = at + 5 + body.readUInt32LE(at + 1);
    if (end > body.length) throw new ProtocolError('The feature extension ends inside a feature.');
    features.set(id, body.subarray(at + 5, end));
    at = end;
  }
}

const FEDERATED = 0x02;
const library = { securityToken: 1, entra: 2 } as const;

/** FEDAUTH, [MS-TDS] 2.2.6.4: the library in the upper seven bits, then, for a token known beforehand, the token. */
function readFederated(data: Buffer | undefined): Login['federated'] {
  if (!data) return undefined;
  const kind = (data[0] ?? 0) >> 1;
  if (kind === library.entra) return { token: undefined };
  if (kind !== library.securityToken || data.length < 5 || data.readUInt32LE(1) > data.length - 5) throw new ProtocolError('FEDAUTH is malformed.');
  return { token: data.toString('utf16le', 5, 5 + data.readUInt32LE(1)) };
}

/** FEDAUTHINFO, [MS-TDS] 2.2.7.12: where the driver gets its token, and for what. */
export function writeFederatedInfo(writer: ByteWriter): void {
  const parts = [[1, Buffer.from('https://login.example/local', 'utf16le')], [2, Buffer.from('https://database.windows.net/', 'utf16le')]] as const;
  const head = 4 + parts.length * 9;
  writer.u8(token.federatedInfo).u32(head + parts.reduce((sum, [, data]) => sum + data.length, 0)).u32(parts.length);
  let offset = head;
  for (const [id, data] of parts) {
    writer.u8(id).u32(data.length).u32(offset);
    offset += data.length;
  }
  for (const [, data] of parts) writer.bytes(data);
}

/** The message that brings the token, [MS-TDS] 2.2.6.3. */
export function readFederatedToken(body: Buffer): string {
  if (body.length < 8 || body.readUInt32LE(4) > body.length - 8) throw new ProtocolError('The token message is malformed.');
  return body.toString('utf16le', 8, 8 + body.readUInt32LE(4));
}

const UTF8_SUPPORT = 0x0a;
const PROGRAM = 'Scanlon local SQL';

/** What a successful login is answered with, without the final DONE. */
export function writeLoginReply(writer: ByteWriter, { database, packetSize, features }: Login, isStrict: boolean): void {
  writeTextChange(writer, 'database', database, 'master');
  writeInfo(writer, 5701, `Changed database context to '${database}'.`);
  writeCollationChange(writer);
  writeTextChange(writer, 'language', 'us_english', '');
  writeInfo(writer, 5703, 'Changed language setting to us_english.');
  // LOGINACK, [MS-TDS] 2.2.7.14: interface, TDS 7.4 or 8.0, program name, its version.
  writer.u8(token.loginAck).u16(1 + 4 + 1 + PROGRAM.length * 2 + 4).u8(1).bytes(isStrict ? Uint8Array.of(8, 0, 0, 0) : Uint8Array.of(0x74, 0, 0, 4)).shortText(PROGRAM).bytes(Uint8Array.of(16, 0, 0, 0));
  writeTextChange(writer, 'packetSize', String(packetSize), '4096');
  if (features.size > 0) {
    writer.u8(token.featureExtAck);
    if (features.has(FEDERATED)) writer.u8(FEDERATED).u32(0);
    if (features.has(UTF8_SUPPORT)) writer.u8(UTF8_SUPPORT).u32(1).u8(1);
    writer.u8(0xff);
  }
}
