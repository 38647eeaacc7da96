import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * `pass` forwards. `hole` forwards nothing and closes nothing, as a firewall that lost its state; `hole-new` does so with connections made from then on. `deaf` lets
 * requests through and keeps the replies, so that the client never learns what happened. `drip` gives the replies a byte a second.
 */
export type Fault = 'pass' | 'hole' | 'hole-new' | 'deaf' | 'drip';

/** The network between a client and a server on this machine, for a test to break. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Bytes that clients have sent so far. */
  readonly requested: number;
  fault: Fault;
  /** After so many further bytes of what clients send the connection that sends the next one is reset, once. */
  cutAfter: number | undefined;
  /** Resets every connection there is. */
  reset(): void;
}

const dripMs = 1_000;

export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // A reset is what this is for.
    return socket;
  };
  let requested = 0;
  const server = createServer((client) => {
    const isLost = proxy.fault === 'hole-new';
    const target = keep(connect(targetPort, '127.0.0.1'));
    keep(client);
    const cut = (): void => {
      client.resetAndDestroy();
      target.resetAndDestroy();
    };
    client.on('data', (chunk: Buffer) => {
      requested += chunk.length;
      if (isLost || proxy.fault === 'hole') return;
      const left = proxy.cutAfter;
      if (left === undefined) return void target.write(chunk);
      proxy.cutAfter = chunk.length > left ? undefined : left - chunk.length;
      if (chunk.length > left) target.write(chunk.subarray(0, left), cut);
      else target.write(chunk);
    });
    target.on('data', (chunk: Buffer) => {
      if (proxy.fault === 'drip') drip(client, chunk);
      else if (proxy.fault === 'pass' || proxy.fault === 'hole-new') client.write(chunk);
    });
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: FaultProxy = {
    port: (server.address() as AddressInfo).port,
    get requested() {
      return requested;
    },
    fault: 'pass',
    cutAfter: undefined,
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
  return proxy;
}

function drip(client: Socket, bytes: Buffer): void {
  if (bytes.length === 0 || client.destroyed) return;
  client.write(bytes.subarray(0, 1));
  setTimeout(() => drip(client, bytes.subarray(1)), dripMs).unref();
}
