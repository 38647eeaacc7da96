import type { Socket } from 'node:net';
import { limits } from '../limits.ts';

/** The heartbeat of AMQP 1.0 §2.4.5, which also carries a TCP acknowledgement. */
const EMPTY_FRAME = Buffer.of(0, 0, 0, 8, 2, 0, 0, 0);
const SLAB_BYTES = 64 * 1024;

/**
 * Output of one connection: frames are written into a slab and leave in one socket write per tick. A slab is never written twice,
 * so what the socket still holds cannot change under it; used slabs are garbage.
 */
export class Outbox {
  readonly #socket: Socket;
  readonly #beforeFlush: () => void;
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #start = 0;
  #end = 0;
  #whole: Buffer[] = [];
  #pendingBytes = 0;
  #isScheduled = false;
  #isSilent = false;
  #owesAcknowledgement = false;
  #expected = 0;

  constructor(socket: Socket, beforeFlush: () => void) {
    this.#socket = socket;
    this.#beforeFlush = beforeFlush;
  }

  /** The client reads more slowly than we write; see `drain` of the socket. */
  get isCongested(): boolean {
    return this.#pendingBytes + this.#socket.writableLength > limits.congestedBytes;
  }

  /** Makes room for `size` bytes. Write them into `slab` from the returned offset; all of them will be sent. */
  reserve(size: number): number {
    if (this.#end + size > this.#slab.length) {
      this.#seal();
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, size));
      this.#start = 0;
      this.#end = 0;
    }
    const at = this.#end;
    this.#end += size;
    this.#pendingBytes += size;
    this.schedule();
    return at;
  }

  get slab(): Buffer {
    return this.#slab;
  }

  /** Appends bytes: small ones are copied, large ones are handed to the socket as they are and must not change. */
  append(bytes: Buffer): void {
    if (bytes.length <= limits.copyBodyBytes) {
      const at = this.reserve(bytes.length);
      this.#slab.set(bytes, at);
      return;
    }
    this.#seal();
    this.#whole.push(bytes);
    this.#pendingBytes += bytes.length;
    this.schedule();
  }

  /**
   * The SDK's sockets run Nagle's algorithm: after a write that we have nothing to answer, its next write waits for our TCP
   * acknowledgement, which the kernel delays by 40 ms. An empty frame at the end of the tick carries it (specification §16).
   */
  owe(): void {
    this.#owesAcknowledgement = true;
    this.schedule();
  }

  /** An answer to what came in will follow when the log is written, which is soon enough to carry the acknowledgement. */
  expect(): void {
    this.#expected += 1;
  }

  /** The answer is due now. */
  expected(): void {
    this.#expected -= 1;
  }

  /** From now on everything written is lost (fault injected). */
  silence(): void {
    this.#isSilent = true;
  }

  /** Ends the connection, and with it whatever was not written yet (fault injected). */
  drop(): void {
    this.silence();
    this.#socket.destroy();
  }

  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.#isScheduled = false;
    this.#beforeFlush();
    this.#isScheduled = false;
    this.#seal();
    const chunks = this.#whole;
    if (chunks.length === 0 && this.#owesAcknowledgement && this.#expected === 0) chunks.push(EMPTY_FRAME);
    this.#owesAcknowledgement = false;
    this.#pendingBytes = 0;
    if (chunks.length === 0) return;
    this.#whole = [];
    if (this.#socket.writableLength > limits.unreadBytes) this.drop();
    if (this.#isSilent || !this.#socket.writable) return;
    if (chunks.length === 1 && chunks[0]) {
      this.#socket.write(chunks[0]);
      return;
    }
    this.#socket.cork();
    for (const chunk of chunks) this.#socket.write(chunk);
    this.#socket.uncork();
  }

  #seal(): void {
    if (this.#end > this.#start) this.#whole.push(this.#slab.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}
