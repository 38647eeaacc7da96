import { Duplex } from 'node:stream';
import { TLSSocket, type SecureContext } from 'node:tls';

export interface TunnelEnds {
  /** Sends what TLS wrote; `isWrapped` while the handshake lasts: then it travels inside PRELOGIN messages. */
  readonly send: (bytes: Buffer, isWrapped: boolean) => void;
  readonly plain: (bytes: Buffer) => void;
  readonly failed: (error: Error) => void;
}

/**
 * TLS under TDS. *Wrapped* is TDS 7.4 ([MS-TDS] 2.2.6.5): each flight of the handshake is one PRELOGIN message, afterwards the bytes of TLS
 * stand alone. Otherwise it is TDS 8.0: TLS from the first byte, PRELOGIN inside.
 * `secure` comes before the server's last flight is written, so the tunnel turns raw with the flight after it, not with the event.
 */
export class TlsTunnel {
  readonly #tls: TLSSocket;
  readonly #wire: Duplex;
  readonly #ends: TunnelEnds;
  #flight: Buffer[] = [];
  #isSecure = false;
  #isWrapped: boolean;

  constructor(secureContext: SecureContext, isWrapped: boolean, ends: TunnelEnds) {
    this.#ends = ends;
    this.#isWrapped = isWrapped;
    this.#wire = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => {
        if (this.#flight.length === 0) setImmediate(() => this.#flush());
        this.#flight.push(chunk);
        done();
      },
    });
    this.#tls = new TLSSocket(this.#wire, { isServer: true, secureContext, ...(isWrapped ? {} : { ALPNProtocols: ['tds/8.0'] }) });
    this.#tls.on('secure', () => { this.#isSecure = true; });
    this.#tls.on('data', (bytes: Buffer) => ends.plain(bytes));
    this.#tls.on('error', (error) => ends.failed(error));
  }

  get isWrapped(): boolean {
    return this.#isWrapped;
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#flight);
    this.#flight = [];
    this.#ends.send(bytes, this.#isWrapped);
    if (this.#isSecure) this.#isWrapped = false;
  }

  received(bytes: Buffer): void {
    this.#wire.push(bytes);
  }

  write(bytes: Buffer): void {
    this.#tls.write(bytes);
  }

  end(): void {
    this.#tls.end();
  }

  destroy(): void {
    this.#tls.destroy();
    this.#wire.destroy();
  }
}
