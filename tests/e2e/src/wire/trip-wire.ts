import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Where in a conversation a wire trips:
 *
 * - `asked`: the request is complete at our side, and its last bytes have not been passed on.
 * - `sent`: it has been passed on, and nothing that is said to it has come back.
 * - `answered`: the answer has come, and has not been passed on. An answer that it was not done (a deadlock, a conflict, a cancelled request) is passed on, and
 *   the next request is waited for.
 * - `hung-up`: the other side has hung up instead of answering.
 */
export type Point = 'asked' | 'sent' | 'answered' | 'hung-up';

interface Trap {
  readonly words: readonly string[];
  readonly at: Point;
  readonly act: () => void;
}

/**
 * A TCP link between a program and what it depends on, which a test has act at a point that it names by what goes over the link, and not by the clock.
 * Once it has tripped nothing passes on any connection, as if the far side had gone silent, until it is mended.
 *
 * A request is all that the near side has said since it last heard something, which fits TDS whole and AMQP well enough: the words are looked for as text
 * in UTF-8 and in UTF-16, as the two write it.
 */
export class TripWire implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #farPort = 0;
  #trap: Trap | undefined;
  #isSilent = false;

  static async open(): Promise<TripWire> {
    const wire = new TripWire();
    wire.#server.listen(0, '127.0.0.1');
    await once(wire.#server, 'listening');
    return wire;
  }

  private constructor() {
    this.#server = createServer((near) => this.#connect(near));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  leadsTo(port: number): void {
    this.#farPort = port;
  }

  /** At the first request that has all of these words, `act` is called, once, in the very moment. Resolves then. */
  trip(words: readonly string[], at: Point, act: () => void = () => {}): Promise<void> {
    return new Promise((resolve) => {
      this.#trap = {
        words, at,
        act: () => {
          this.#trap = undefined;
          this.#isSilent = true;
          act();
          resolve();
        },
      };
    });
  }

  /** Everything passes again, on new connections. */
  mend(): void {
    this.#trap = undefined;
    this.#isSilent = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.mend();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connect(near: Socket): void {
    const far = connect(this.#farPort, '127.0.0.1');
    let asked = Buffer.alloc(0);
    let awaited: Trap | undefined;
    for (const socket of [near, far]) {
      this.#sockets.add(socket.setNoDelay());
      socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    }
    near.on('data', (piece: Buffer) => {
      if (this.#isSilent) return;
      asked = Buffer.concat([asked, piece]);
      const trap = this.#trap;
      const isMet = trap !== undefined && trap.words.every((word) => says(asked, word));
      if (isMet && trap.at === 'asked') return trap.act();
      far.write(piece);
      if (!isMet) return;
      if (trap.at === 'sent') trap.act();
      else awaited = trap;
    });
    far.on('data', (piece: Buffer) => {
      if (this.#isSilent) return;
      if (awaited?.at === 'answered' && awaited === this.#trap && !isRefused(piece)) return awaited.act();
      awaited = undefined;
      asked = Buffer.alloc(0);
      near.write(piece);
    });
    near.on('end', () => far.end()).on('close', () => void (this.#isSilent ? far.end() : far.destroy()));
    far.on('close', () => {
      if (this.#isSilent) return;
      if (awaited?.at === 'hung-up' && awaited === this.#trap) return awaited.act();
      near.destroy();
    });
  }
}

/** Compared byte by byte: a search for text in UTF-16 would find it at even places only. */
const says = (asked: Buffer, word: string): boolean => (['utf8', 'utf16le'] as const).some((encoding) => asked.includes(Buffer.from(word, encoding)));

/**
 * The last token of what a database answers is a DONE of 13 bytes, whose status tells of an error and of a request that was cancelled (MS-TDS 2.2.7.6).
 * No text in UTF-8 has its first byte.
 */
function isRefused(answer: Buffer): boolean {
  const done = answer.subarray(-13);
  return done.length === 13 && [0xfd, 0xfe].includes(done.readUInt8(0)) && (done.readUInt16LE(1) & (0x0002 | 0x0020)) !== 0;
}
