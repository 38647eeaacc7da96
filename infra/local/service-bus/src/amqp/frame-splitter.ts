import { DecodeError, u8 } from '../wire/decode.ts';

/** 'AMQP', which as a frame size would be more than a gigabyte, so that a protocol header cannot be taken for a frame. */
const PROTOCOL_HEADER = 0x414d_5150;
const HEADER_BYTES = 8;

export interface FrameHandler {
  /** @returns false when the frame is not for the hot path. */
  hotFrame(bytes: Buffer, channel: number, bodyAt: number, end: number): boolean;
  /** Protocol headers and frames, one or several, for rhea. */
  cold(bytes: Buffer): void;
}

/** Cuts the incoming bytes into frames (AMQP 1.0 §2.3) and tells the hot ones from the rest, keeping their order. */
export class FrameSplitter {
  readonly #handler: FrameHandler;
  readonly #maxFrameBytes: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #neededBytes = HEADER_BYTES;

  constructor(handler: FrameHandler, maxFrameBytes: number) {
    this.#handler = handler;
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** @throws DecodeError when the bytes cannot be AMQP. */
  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#waitingBytes > 0) {
      this.#waiting.push(chunk);
      this.#waitingBytes += chunk.length;
      if (this.#waitingBytes < this.#neededBytes) return;
      bytes = Buffer.concat(this.#waiting, this.#waitingBytes);
      this.#waiting = [];
      this.#waitingBytes = 0;
    }
    const consumed = this.#split(bytes);
    if (consumed === bytes.length) return;
    this.#waiting.push(bytes.subarray(consumed));
    this.#waitingBytes = bytes.length - consumed;
  }

  #split(bytes: Buffer): number {
    let at = 0;
    let coldFrom = -1;
    this.#neededBytes = HEADER_BYTES;
    while (at + HEADER_BYTES <= bytes.length) {
      const word = bytes.readUInt32BE(at);
      const size = word === PROTOCOL_HEADER ? HEADER_BYTES : word;
      if (size < HEADER_BYTES || size > this.#maxFrameBytes) throw new DecodeError(`A frame of ${size} bytes is not allowed.`);
      if (at + size > bytes.length) {
        this.#neededBytes = size;
        break;
      }
      const bodyAt = at + u8(bytes, at + 4) * 4;
      const isAmqpFrame = word !== PROTOCOL_HEADER && bytes[at + 5] === 0;
      if (isAmqpFrame && size > HEADER_BYTES && this.#isHot(bytes, at, bodyAt, size, coldFrom)) coldFrom = -1;
      else if (coldFrom < 0) coldFrom = at;
      at += size;
    }
    if (coldFrom >= 0) this.#handler.cold(bytes.subarray(coldFrom, at));
    return at;
  }

  #isHot(bytes: Buffer, at: number, bodyAt: number, size: number, coldFrom: number): boolean {
    const code = bytes[bodyAt + 2] ?? 0;
    if (bytes[bodyAt] !== 0x00 || bytes[bodyAt + 1] !== 0x53 || code < 0x13 || code > 0x15) return false;
    // What came before goes first: an attach makes the frames behind it hot.
    if (coldFrom >= 0) this.#handler.cold(bytes.subarray(coldFrom, at));
    if (this.#handler.hotFrame(bytes, bytes.readUInt16BE(at + 6), bodyAt, at + size)) return true;
    this.#handler.cold(bytes.subarray(at, at + size));
    return true;
  }
}
