import { ServiceBusClient } from '@azure/service-bus';
import { setTimeout as sleep } from 'node:timers/promises';
import type { http } from '@checkout/contracts';
import { uuidv7, type CommandId } from '@checkout/kernel';
import { breakfast, card, serviceNames, Till, totalOf, type Child, type ServiceName } from '@checkout/local-network';
import mssql from 'mssql';
import { nextRelease, releaseAfter } from './next-releases.ts';
import { Release } from './release.ts';
import { World } from './world.ts';

/**
 * Deployments with real processes of two releases over one bus and one set of databases: today's tree, and trees of releases to come (next-releases.ts).
 * What this shows and what not: docs/decisions/0020.
 */
let world: World;
let next: Release;
let after: Release;
let tills: readonly Till[];
/** What runs beside, or instead of, the services of today. */
const revisions = new Map<string, Child>();
const sold: Sale[] = [];
/** Only the store's own tills are told how its sale ended. */
interface Sale {
  readonly till: Till;
  readonly commandId: CommandId;
}

beforeAll(async () => {
  next = Release.plant('next', nextRelease);
  after = Release.plant('after-next', releaseAfter);
  world = await World.create({}, { hasFaults: true });
  tills = [world.till, await Till.signIn(world.network, 'YORK-02-T1')];
}, 240_000);
afterAll(async () => {
  await Promise.all([...revisions.values()].map((child) => child.stop()));
  await world?.close();
  next?.[Symbol.dispose]();
  after?.[Symbol.dispose]();
});

const total = totalOf(breakfast);
const body = { lines: breakfast, currency: 'GBP', totalMinor: total, tenders: [card(total)] };

/** One sale at each till, through the front door that is named: today's, unless said otherwise. A till that is told to come back later does. */
async function sell(frontDoor?: Child): Promise<Sale[]> {
  const sales = await Promise.all(tills.map(async (till) => {
    const commandId = uuidv7() as CommandId;
    const url = frontDoor ? addressOf(frontDoor) : world.network.url('cart');
    const post = () => till.call('POST', `${url}/v1/checkouts`, body, { 'idempotency-key': commandId });
    let answer = await post();
    for (const giveUpAt = performance.now() + 60_000; answer.status === 503 && performance.now() < giveUpAt; answer = await post()) await sleep(250);
    expect([201, 202]).toContain(answer.status);
    return { till, commandId };
  }));
  sold.push(...sales);
  return sales;
}

const ended = async (sales: readonly Sale[]): Promise<http.CheckoutStatus[]> =>
  (await Promise.all(tills.map((till) => world.ended(sales.filter((each) => each.till === till).map(({ commandId }) => commandId), 120_000, till)))).flatMap((each) => [...each.values()]);

const today = (service: ServiceName): Child => world.network.child(service);
const addressOf = ({ program }: Child): string => new URL(program.healthUrl).origin;
async function begin(release: Release, service: ServiceName): Promise<Child> {
  const child = await release.startBeside(today(service).program, (name, line) => line.includes('"level":"error"') && process.stderr.write(`${name}: ${line}\n`));
  revisions.set(`${service} of ${release.name}`, child);
  return child;
}
const revision = (release: Release, service: ServiceName): Child => revisions.get(`${service} of ${release.name}`) ?? today(service);

/** How many messages a process has handled. */
async function handledBy(child: Child): Promise<number> {
  const text = await (await fetch(`${addressOf(child)}/metrics`)).text();
  return [...text.matchAll(/^messages_handled_total\{.*outcome="handled".*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/**
 * Sells while one of two revisions has the partitions, and then while the other has: whoever rests has its connection cut, as the bus does now and then, and what it
 * held goes to the other in the middle of sales.
 */
async function sellInTurns(older: Child, newer: Child): Promise<void> {
  const sales: Sale[] = [];
  for (const [works, rests] of [[newer, older], [older, newer], [newer, older]] as const) {
    const before = await handledBy(works);
    rests.pause();
    try {
      await fetch(`http://127.0.0.1:${world.network.ports.bus}/faults`, { method: 'POST', body: JSON.stringify({ dropConnections: true }) });
      sales.push(...await sell());
      for (const giveUpAt = performance.now() + 90_000; performance.now() < giveUpAt && (await handledBy(works)) === before;) await sleep(50);
      expect(await handledBy(works)).toBeGreaterThan(before);
    } finally {
      rests.resume();
    }
  }
  await ended(sales);
}

async function releasesOfReceipts(): Promise<unknown[]> {
  const pool = await new mssql.ConnectionPool(world.network.sqlConnection('receipt')).connect();
  try {
    return (await pool.request().query<{ issuedBy: string | null }>("EXEC sp_set_session_context @key = N'scope', @value = 'service'; SELECT DISTINCT issued_by AS issuedBy FROM receipt;")).recordset.map(({ issuedBy }) => issuedBy);
  } finally {
    await pool.close();
  }
}

/** Whichever releases had a hand in them. */
async function allSold(): Promise<http.CheckoutStatus[]> {
  const endings = await ended(sold);
  expect(endings.map(({ state }) => state)).toEqual(sold.map(() => 'completed'));
  return endings;
}

it('Q42, OP03 runs today\'s services on the schema of the next release, after its migrations', async () => {
  await ended(await sell());
  await Promise.all(serviceNames.map((service) => world.network.migrate(service, next.directory)));
  await ended(await sell());
}, 240_000);

it.each(serviceNames)('OP03 sells with %s of two releases over one database and one bus', async (service) => {
  const newer = await begin(next, service);
  // Cart is two doors to one shop; the others share a subscription.
  if (service === 'cart') await ended([...await sell(newer), ...await sell(), ...await sell(newer)]);
  else await sellInTurns(today(service), newer);
}, 400_000);

it('OP01 sells by the next release alone, service by service', async () => {
  for (const service of serviceNames) {
    if (service !== 'cart') await today(service).stop(); // The till's own door stays until the end: it is asked how sales ended.
    await ended(await sell(revision(next, 'cart')));
  }
  expect(await releasesOfReceipts()).toEqual(expect.arrayContaining([null, 'next']));
  await allSold();
}, 240_000);

it('OP04 sends a field once every reader of the release before knows it', async () => {
  await begin(after, 'orchestrator');
  await revision(next, 'orchestrator').stop();
  await ended(await sell());
}, 240_000);

it('OP04, OP13 strands a sale, and loses none, when a field is sent to a release that does not read it, though the dead letters are discarded', async () => {
  // given: receipt is rolled back further than orchestrator may be
  await Promise.all([revision(next, 'receipt').stop(), world.network.restart('receipt')]);

  // when
  const sales = await sell();

  // then
  const deadLetters = async (): Promise<number> => {
    const entities = (await (await fetch(`http://127.0.0.1:${world.network.ports.bus}/entities`)).json()) as Record<string, { deadLetter: number }>;
    return Object.entries(entities).find(([path]) => /^receipt-commands\/subscriptions\/receipt$/i.test(path))?.[1].deadLetter ?? 0;
  };
  for (let tries = 0; tries < 300 && await deadLetters() < sales.length; tries += 1) await sleep(100);
  expect(await deadLetters()).toBeGreaterThanOrEqual(sales.length);
  expect((await tills[0]?.status(sales[0]?.commandId ?? ''))?.body.state).not.toBe('completed');

  // And with the reader back the saga asks again, whatever became of what it had sent.
  const client = new ServiceBusClient(world.network.serviceBusConnection);
  const letters = client.createReceiver('receipt-commands', 'receipt', { subQueueType: 'deadLetter' });
  while (await deadLetters() > 0) for (const letter of await letters.receiveMessages(100, { maxWaitTimeInMs: 1_000 })) await letters.completeMessage(letter);
  await client.close();
  await Promise.all([today('receipt').stop(), begin(next, 'receipt')]);
  await ended(sales);
}, 240_000);

it('OP02 goes back to today\'s release on the next one\'s schema', async () => {
  await world.network.restart('orchestrator', 'inventory', 'payment', 'receipt');
  await Promise.all([...revisions.values()].map((child) => child.stop()));
  await ended(await sell());
  await world.expectBalance(await allSold());
}, 240_000);
