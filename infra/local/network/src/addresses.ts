import { createServer, type AddressInfo } from 'node:net';

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

/** Ports that are free now, so that tests and a running system do not meet. */
export async function freePorts(): Promise<Ports> {
  const servers = await Promise.all(programs.map(() => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(programs.map((name, index) => [name, ports[index] ?? 0])) as Ports;
}
