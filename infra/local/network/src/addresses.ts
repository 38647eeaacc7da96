import { createServer, type Server } from 'node:net';

const programs = ['bus', 'sql', 'sqlAdmin', 'identity', 'provider', 'cart', 'orchestrator', 'inventory', 'payment', 'receipt', 'functions', 'web'] as const;
export type Ports = Readonly<Record<(typeof programs)[number], number>>;

/** Where `npm start` serves: the same addresses each time, so that they can be written down. */
export const fixedPorts: Ports = {
  bus: 5672,
  sql: 1433,
  sqlAdmin: 1434,
  identity: 8090,
  provider: 8091,
  cart: 8081,
  orchestrator: 8082,
  inventory: 8083,
  payment: 8084,
  receipt: 8085,
  functions: 8086,
  web: 8080,
};

/** Ports that nobody else who asks for some is given, until they are released. */
export interface Reservation {
  readonly ports: Ports;
  release(): void;
}

/**
 * Blocks of ports lie below those that operating systems give to outgoing connections (from 32768 on Linux, 49152 elsewhere): a port that a program
 * has while it is being restarted, or has not opened yet, must not become the near end of somebody's connection.
 */
const firstBlock = 15_000;
const blockSize = 16;
const blocks = 1_000;

/**
 * Finds ports for a system that must not meet another. Programs open theirs long after they were chosen, so the first port of a block is kept
 * open by this process as a sign that the block is taken; it goes with the process, however that ends. A block in which anything else listens is
 * passed over. What takes a port later all the same the caller has to expect.
 */
export async function reservePorts(tried: Iterable<number> = blocksFrom(Math.floor(Math.random() * blocks))): Promise<Reservation> {
  for (const block of tried) {
    const first = firstBlock + block * blockSize;
    const sign = await listening(first);
    if (!sign) continue;
    const ports = programs.map((_, index) => first + 1 + index);
    if (await areFree(ports)) {
      sign.unref();
      return { ports: Object.fromEntries(programs.map((name, index) => [name, ports[index]])) as Ports, release: () => void sign.close() };
    }
    sign.close();
  }
  throw new Error(`No ${blockSize} ports in a row are free between ${firstBlock} and ${firstBlock + blocks * blockSize}. End what is running there.`);
}

function* blocksFrom(start: number): Iterable<number> {
  for (let n = 0; n < blocks; n += 1) yield (start + n) % blocks;
}

/** Whether nothing listens on any of these now. */
export async function areFree(ports: readonly number[]): Promise<boolean> {
  const servers = await Promise.all(ports.map(listening));
  await Promise.all(servers.map((server) => server && new Promise((resolve) => server.close(resolve))));
  return !servers.includes(undefined);
}

/** On every address, as programs listen: a port that is taken on one of them is taken. */
const listening = (port: number): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer().listen(port, () => resolve(server));
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error)));
  });
