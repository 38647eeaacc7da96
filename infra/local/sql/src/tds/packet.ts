import { HEADER, packetStatus, packetType, ProtocolError } from './protocol.ts';

export interface Message {
  readonly type: number;
  /** The status of the first packet: only there the reset bits count. */
  readonly status: number;
  /** The client gave up while sending: whatever came is to be dropped. */
  readonly isIgnored: boolean;
  readonly body: Buffer;
}

/** 64 MB: far above anything the services send, far below what would hurt. */
export const LARGEST_MESSAGE = 64 * 1024 * 1024;
/** Nobody sends more than this before he is known: a LOGIN7 is less than 128 kB. [MS-TDS] 2.2.6.4 */
export const LARGEST_LOGIN = 128 * 1024;
/** Packets are at least 512 bytes ([MS-TDS] 2.2.3.1); a message of smaller ones costs more than it carries. */
const MOST_PACKETS = LARGEST_MESSAGE / 512;

/** Cuts the byte stream into messages. [MS-TDS] 2.2.3 */
export class MessageReader {
  /** In bytes; what a message of this client may have. */
  limit = LARGEST_MESSAGE;
  #pending: Buffer | undefined;
  #parts: Buffer[] = [];
  #size = 0;
  #type = 0;
  #status = 0;

  /** Takes what the socket gave and yields the messages that are complete. @throws ProtocolError */
  *take(chunk: Buffer): Generator<Message> {
    let buffer = this.#pending ? Buffer.concat([this.#pending, chunk]) : chunk;
    while (buffer.length >= HEADER) {
      const length = buffer.readUInt16BE(2);
      if (length < HEADER) throw new ProtocolError(`A packet claims a length of ${length}.`);
      if (buffer.length < length) break;
      const message = this.#packet(buffer.readUInt8(0), buffer.readUInt8(1), buffer.subarray(HEADER, length));
      buffer = buffer.subarray(length);
      if (message) yield message;
    }
    this.#pending = buffer.length > 0 ? buffer : undefined;
  }

  #packet(type: number, status: number, body: Buffer): Message | undefined {
    if (this.#parts.length === 0) {
      this.#type = type;
      this.#status = status;
    } else if (type !== this.#type) throw new ProtocolError(`A packet of type ${type} stands inside a message of type ${this.#type}.`);
    this.#size += body.length;
    if (this.#size > this.limit || this.#parts.length >= MOST_PACKETS) throw new ProtocolError(`A message is larger than ${this.limit} bytes or ${MOST_PACKETS} packets.`);
    this.#parts.push(body);
    if ((status & packetStatus.endOfMessage) === 0) return undefined;
    const [only] = this.#parts;
    const whole = this.#parts.length === 1 && only ? only : Buffer.concat(this.#parts, this.#size);
    this.#parts = [];
    this.#size = 0;
    return { type: this.#type, status: this.#status, isIgnored: (status & packetStatus.ignore) !== 0, body: whole };
  }
}

/** Cuts a reply into packets of at most `size` bytes, headers included, as one buffer. */
export function toPackets(body: Buffer, size: number, spid: number, type: number = packetType.reply): Buffer {
  const room = size - HEADER;
  const count = Math.max(1, Math.ceil(body.length / room));
  const out = Buffer.allocUnsafe(body.length + count * HEADER);
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    const part = body.subarray(i * room, (i + 1) * room);
    out[at] = type;
    out[at + 1] = i === count - 1 ? packetStatus.endOfMessage : 0;
    out.writeUInt16BE(part.length + HEADER, at + 2);
    out.writeUInt16BE(spid, at + 4);
    out[at + 6] = (i + 1) & 0xff;
    out[at + 7] = 0;
    part.copy(out, at + HEADER);
    at += part.length + HEADER;
  }
  return out;
}
