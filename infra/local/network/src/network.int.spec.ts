import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { reservePorts, type Ports } from './addresses.ts';
import { Child, PortTaken } from './child.ts';
import { quietLog } from './logs.ts';
import { Network, standInNames } from './network.ts';
import { serviceNames } from './site.ts';
import { TemporaryDirectory } from './temporary-directory.ts';

const strangers: Server[] = [];
afterEach(async () => {
  for (const stranger of strangers.splice(0)) {
    stranger.closeAllConnections();
    await new Promise((resolve) => stranger.close(resolve));
  }
});

/** A server of somebody else that says the same to everything, health checks too. */
async function takes(port: number, status = 200): Promise<void> {
  const stranger = createServer((_, response) => response.writeHead(status).end()).listen(port);
  await once(stranger, 'listening');
  strangers.push(stranger);
}

describe('a program', () => {
  it('that finds its port taken says so, and not only that it has ended', async () => {
    const { ports, release } = await reservePorts();
    using directory = new TemporaryDirectory('checkout-program-');
    await takes(ports.provider, 503);
    const child = new Child({
      name: 'provider', file: 'infra/local/provider/src/main.ts', healthUrl: `http://127.0.0.1:${ports.provider}/health`, environment: { PORT: String(ports.provider), STATE_DIR: directory.path },
    }, quietLog(10).log);
    await expect(child.ready()).rejects.toThrow(PortTaken);
    expect(child.hasExited).toBe(true);
    release();
  }, 60_000);

  it('that ends before it is ready is reported with its last words', async () => {
    const child = new Child({ name: 'bus', file: 'infra/local/service-bus/src/main.ts', healthUrl: 'http://127.0.0.1:1/health', environment: { PORT: '0' } }, quietLog(10).log);
    await expect(child.ready()).rejects.toThrow(/ended before it was ready.*STATE_DIR/s);
  }, 60_000);
});

describe('a system on free ports', () => {
  it('begins again on others when one is taken between its choice and its use, by whatever answers there', async () => {
    // given
    using directory = new TemporaryDirectory('checkout-network-');
    const restarts: string[] = [];
    const log = (name: string, line: string) => void (name === 'network' && restarts.push(line));
    const toBeTaken: (keyof Ports)[] = ['provider', 'cart'];
    const reserved: Ports[] = [];
    const reserve = async () => {
      const reservation = await reservePorts();
      reserved.push(reservation.ports);
      const taken = toBeTaken.shift();
      if (taken) await takes(reservation.ports[taken]);
      return reservation;
    };

    // when
    const network = await Network.create({ stateDirectory: directory.path, ports: 'free', log, hasDesk: false }, reserve);

    // then
    try {
      expect(reserved).toHaveLength(3);
      expect(network.ports).toBe(reserved[2]);
      expect(network.processes().map(({ name }) => name).toSorted()).toEqual([...standInNames, ...serviceNames].toSorted());
      expect(restarts.join('\n')).toMatch(/provider cannot listen on \d+: something else does.*cart cannot listen on \d+: something else does/s);
    } finally {
      await network.stop();
    }
  }, 180_000);
});
