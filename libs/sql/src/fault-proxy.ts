import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * `pass` forwards. `hole` forwards nothing and closes nothing, as a firewall that lost its state. `deaf` lets requests through and keeps the
 * replies, so that the client never learns what happened.
 */
export type Fault = 'pass' | 'hole' | 'deaf';

/** The network between a client and a server on this machine, for a test to break. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  fault: Fault;
  /** Resets every connection there is. */
  reset(): void;
}

export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // A reset is what this is for.
    return socket;
  };
  const server = createServer((client) => {
    const target = keep(connect(targetPort, '127.0.0.1'));
    keep(client);
    client.on('data', (chunk) => proxy.fault !== 'hole' && target.write(chunk));
    target.on('data', (chunk) => proxy.fault === 'pass' && client.write(chunk));
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: FaultProxy = {
    port: (server.address() as AddressInfo).port,
    fault: 'pass',
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
