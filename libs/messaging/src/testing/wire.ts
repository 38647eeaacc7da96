import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** AMQP 1.0 (part 2.4): the performative close with the error that Service Bus gives when it moves a connection. */
const forcedClose = ((): Buffer => {
  const text = (code: number, value: string): Buffer => Buffer.concat([Buffer.from([code, value.length]), Buffer.from(value)]);
  const list = (items: readonly Buffer[]): Buffer => {
    const content = Buffer.concat(items);
    return Buffer.concat([Buffer.from([0xc0, content.length + 1, items.length]), content]);
  };
  const described = (descriptor: number, value: Buffer): Buffer => Buffer.concat([Buffer.from([0x00, 0x53, descriptor]), value]);
  const error = described(0x1d, list([text(0xa3, 'amqp:connection:forced'), text(0xa1, 'The connection was inactive for more than the allowed 60000 milliseconds and is closed by container')]));
  const body = described(0x18, list([error]));
  const head = Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]);
  head.writeUInt32BE(head.length + body.length);
  return Buffer.concat([head, body]);
})();

/** What lies between a process and the bus, and what may become of it. */
export class Wire implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<{ readonly client: Socket; readonly bus: Socket }>();
  readonly #stopped = { toBus: false, toClient: false };
  connections = 0;

  static async to(port: number): Promise<Wire> {
    const wire = new Wire(port);
    wire.#server.listen(0, 'localhost');
    await once(wire.#server, 'listening');
    return wire;
  }

  private constructor(port: number) {
    this.#server = createServer((client) => {
      this.connections += 1;
      const bus = connect(port, 'localhost');
      const pair = { client, bus };
      this.#pairs.add(pair);
      const end = (): void => {
        this.#pairs.delete(pair);
        client.destroy();
        bus.destroy();
      };
      for (const socket of [client, bus]) socket.on('error', end).on('close', end);
      client.on('data', (bytes) => !this.#stopped.toBus && bus.write(bytes));
      bus.on('data', (bytes) => !this.#stopped.toClient && client.write(bytes));
    });
  }

  /** The same bus, by way of this wire. */
  connectionString(direct: string): string {
    return direct.replace(/(sb:\/\/localhost):\d+/, `$1:${(this.#server.address() as AddressInfo).port}`);
  }

  /** Nothing gets through in this direction any more, on connections that there are and on new ones; the other is well. */
  stop(direction: 'toBus' | 'toClient'): void {
    this.#stopped[direction] = true;
  }

  mend(): void {
    Object.assign(this.#stopped, { toBus: false, toClient: false });
  }

  /** Every client is told that its connection is closed, as in maintenance. */
  closeForced(): void {
    for (const { client } of this.#pairs) client.end(forcedClose);
  }

  /** Every client gets this, which is no frame. */
  garble(bytes: Buffer): void {
    for (const { client } of this.#pairs) client.write(bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client } of this.#pairs) client.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
