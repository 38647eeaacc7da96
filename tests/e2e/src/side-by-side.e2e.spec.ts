import { createServer, type AddressInfo } from 'node:net';
import { uuidv7, type CommandId } from '@checkout/kernel';
import { breakfast, card, Child, serviceNames, totalOf, type ServiceName } from '@checkout/local-network';
import mssql from 'mssql';
import { World } from './world.ts';

/**
 * A deployment, as it looks from the tables and the bus: the schema of the next release is there, two revisions of every consumer work side by
 * side, and then the older ones go. What this shows and what not: docs/decisions/0020.
 */
const consumers = ['orchestrator', 'inventory', 'payment', 'receipt'] as const;
const sales = 12;

let world: World;
const newer: Child[] = [];
beforeAll(async () => {
  world = await World.create();
}, 90_000);
afterAll(async () => {
  await Promise.all(newer.map((child) => child.stop()));
  await world?.close();
});

const total = totalOf(breakfast);
async function sellMany(): Promise<CommandId[]> {
  const commandIds = Array.from({ length: sales }, () => uuidv7() as CommandId);
  await Promise.all(commandIds.map((commandId, index) => (index % 2 === 0 ? world.till : world.otherTill)
    .checkout({ lines: breakfast, currency: 'GBP', totalMinor: total, tenders: [card(total)] }, { commandId, waitSeconds: 0 })));
  return commandIds;
}

/** What an expanding migration leaves: a column more in every table, which the code of today does not know. @returns how many tables there were */
async function expand(service: ServiceName): Promise<number> {
  const pool = await new mssql.ConnectionPool(world.network.sqlConnection(service)).connect();
  try {
    const { recordset } = await pool.request().query<{ name: string }>("SELECT name FROM sys.tables WHERE name <> 'schema_migration';");
    for (const { name } of recordset) await pool.request().batch(`ALTER TABLE ${name} ADD of_the_next_release VARCHAR(40) NULL;`);
    return recordset.length;
  } finally {
    await pool.close();
  }
}

const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    server.close(() => resolve(port));
  });
});

/** Another revision of a service: the same subscription, the same database, a port of its own. */
async function startBeside(service: ServiceName): Promise<void> {
  const { program } = world.network.child(service);
  const port = await freePort();
  const child = new Child({ ...program, name: `${service}-next`, environment: { ...program.environment, PORT: String(port) }, healthUrl: `http://127.0.0.1:${port}/health/started` }, () => {});
  newer.push(child);
  await child.ready();
}

it('sells through a deployment: on the next schema, by two revisions at once, and by the newer alone', async () => {
  // given
  const commandIds = await sellMany();
  for (const service of serviceNames) expect(await expand(service)).toBeGreaterThan(2);

  // when
  commandIds.push(...await sellMany());
  await Promise.all(consumers.map(startBeside));
  commandIds.push(...await sellMany());
  await Promise.all(consumers.map((service) => world.network.child(service).stop()));
  commandIds.push(...await sellMany());

  // then
  const endings = [...(await world.ended(commandIds, 90_000)).values()];
  expect(endings.map(({ state }) => state)).toEqual(commandIds.map(() => 'completed'));
  expect(new Set(endings.map(({ receiptNumber }) => receiptNumber)).size).toBe(commandIds.length);
}, 240_000);
