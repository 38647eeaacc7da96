import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { http } from '@checkout/contracts';
import { saleIdOf, uuidv7, type CommandId, type TenantId } from '@checkout/kernel';
import { card, products, totalOf } from '@checkout/local-network';
import { movementsOf } from './invariants.ts';
import { saleRows, toldSoFar, type Participant, type SaleRows } from './wire/sale-rows.ts';
import { TripWire, type Point } from './wire/trip-wire.ts';
import { World } from './world.ts';

/** One row of the fault matrix: who dies of which message about a sale, where on which of its wires, and what that leaves. */
interface Death {
  readonly title: string;
  readonly who: Participant;
  readonly wire: 'sql' | 'bus' | 'provider';
  /** What goes over the wire there, beside the id of the sale. */
  readonly words: readonly string[];
  readonly at: Point;
  readonly leaves: Left;
  readonly isDeclined?: boolean;
}

interface Left {
  readonly state: SaleRows['state'];
  /** How many messages of the step that it died in wait in its outbox. */
  readonly unsent: number;
  /** What the orchestrator has heard of the sale. */
  readonly told: readonly string[];
  /** What the provider has done for it. */
  readonly moved: readonly string[];
}

const nothing: Left = { state: undefined, unsent: 0, told: ['started'], moved: [] };
/** The commit that puts such a message into the outbox: the load before it has the sale as well, and no message. */
const commitOf = (type: string) => [type, 'INSERT INTO outbox'];
const intent = ['INSERT INTO tender'];
const asking = ['/v1/authorizations'];
const heardOfStock = ['started', 'reserve stock'];

const deaths: readonly Death[] = [
  { title: 'K12 the orchestrator, with a request received and nothing stored', who: 'orchestrator', wire: 'sql', words: commitOf('inventory.reserve-stock.v1'), at: 'asked', leaves: { ...nothing, told: [] } },
  { title: 'K13 the orchestrator, with its step stored and the message not completed', who: 'orchestrator', wire: 'sql', words: commitOf('inventory.reserve-stock.v1'), at: 'answered', leaves: { ...nothing, state: 'forward', unsent: 1 } },
  { title: 'K15 the orchestrator, before what undoes a declined sale is stored', who: 'orchestrator', wire: 'sql', words: commitOf('inventory.release-stock.v1'), at: 'asked', isDeclined: true, leaves: { state: 'forward', unsent: 0, told: heardOfStock, moved: ['declined'] } },
  { title: 'K15 the orchestrator, with what undoes a declined sale stored, and nobody asked to', who: 'orchestrator', wire: 'sql', words: commitOf('inventory.release-stock.v1'), at: 'answered', isDeclined: true, leaves: { state: 'backward', unsent: 1, told: [...heardOfStock, 'authorize payment'], moved: ['declined'] } },
  { title: 'K17 inventory, before it sets the goods aside', who: 'inventory', wire: 'sql', words: commitOf('inventory.stock-reserved.v1'), at: 'asked', leaves: nothing },
  { title: 'K17 inventory, with the goods set aside and nobody told', who: 'inventory', wire: 'sql', words: commitOf('inventory.stock-reserved.v1'), at: 'answered', leaves: { ...nothing, state: 'held', unsent: 1 } },
  { title: 'K08 the sender of an outbox, with a message read that has not left it', who: 'inventory', wire: 'bus', words: ['inventory.stock-reserved.v1'], at: 'asked', leaves: { ...nothing, state: 'held', unsent: 1 } },
  { title: 'K09 the sender of an outbox, with a message sent that still looks unsent', who: 'inventory', wire: 'bus', words: ['inventory.stock-reserved.v1'], at: 'sent', leaves: { state: 'held', unsent: 1, told: [...heardOfStock, 'authorize payment', 'capture payment', 'issue receipt'], moved: ['authorized', 'captured'] } },
  { title: 'K20 payment, before it has stored what it would ask', who: 'payment', wire: 'sql', words: intent, at: 'asked', leaves: { ...nothing, told: heardOfStock } },
  { title: 'K21 payment, with its question stored and not asked', who: 'payment', wire: 'sql', words: intent, at: 'answered', leaves: { ...nothing, state: 'pending', told: heardOfStock } },
  { title: 'K22 payment, with its question on the way to the provider', who: 'payment', wire: 'provider', words: asking, at: 'sent', leaves: { state: 'pending', unsent: 0, told: heardOfStock, moved: ['authorized'] } },
  { title: 'K23 payment, with the provider\'s answer unread', who: 'payment', wire: 'provider', words: asking, at: 'answered', leaves: { state: 'pending', unsent: 0, told: heardOfStock, moved: ['authorized'] } },
  { title: 'K24 payment, with the answer stored and the orchestrator not told', who: 'payment', wire: 'sql', words: commitOf('payment.payment-authorized.v1'), at: 'answered', leaves: { state: 'authorized', unsent: 1, told: heardOfStock, moved: ['authorized'] } },
];

interface Story {
  readonly left: Left;
  readonly ending: http.CheckoutStatus;
  readonly sold: number;
  readonly stillAside: number;
  readonly moved: readonly string[];
}

let world: World;
const wires = new Map<string, TripWire>();
const stories = new Map<Death, PromiseSettledResult<Story>>();

function through(who: Participant, wire: Death['wire'], address = '', port = /(?<=127\.0\.0\.1[:,])\d+/): string {
  const opened = wires.get(`${who} ${wire}`);
  opened?.leadsTo(Number(port.exec(address)?.[0]));
  return address.replace(port, String(opened?.port));
}

/** The three are killed at the same time, each over a sale of its own: a sale that waits for one is not harmed by the death of another, and time is dear. */
beforeAll(async () => {
  for (const { who } of deaths) for (const wire of ['sql', 'bus', 'provider']) if (!wires.has(`${who} ${wire}`)) wires.set(`${who} ${wire}`, await TripWire.open());
  const told = (who: Participant) => (environment: Readonly<Record<string, string>>) => ({
    SQL_CONNECTION: through(who, 'sql', environment['SQL_CONNECTION']),
    SERVICE_BUS_CONNECTION: through(who, 'bus', environment['SERVICE_BUS_CONNECTION']),
    PROVIDER_URL: through(who, 'provider', environment['PROVIDER_URL']),
  });
  world = await World.create({}, { environmentOf: { orchestrator: told('orchestrator'), inventory: told('inventory'), payment: told('payment') } });
  await Promise.all([...Map.groupBy(deaths, ({ who }) => who).values()].map(async (oneByOne) => {
    for (const death of oneByOne) for (const told of await Promise.allSettled([storyOf(death)])) stories.set(death, told);
  }));
}, 400_000);
afterAll(async () => {
  await world?.close();
  await Promise.all([...wires.values()].map((wire) => wire[Symbol.asyncDispose]()));
}, 60_000);

async function storyOf(death: Death): Promise<Story> {
  const { who, wire, words, at, leaves, isDeclined = false } = death;
  const sku = products[20 + deaths.indexOf(death)]?.sku ?? '';
  const lines = [{ sku, quantity: 2 }];
  const commandId = uuidv7();
  const saleId = saleIdOf('brightside' as TenantId, commandId as CommandId);
  const shelf = await standing(sku);

  const dies = wires.get(`${who} ${wire}`)?.trip([saleId, ...words], at, () => void world.network.kill(who));
  await world.till.checkout({ lines, currency: 'GBP', totalMinor: totalOf(lines), tenders: [card(totalOf(lines), isDeclined ? 'tok_declined' : undefined)] }, { commandId, waitSeconds: 0 });
  await Promise.race([dies, sleep(60_000, undefined, { ref: false }).then(() => { throw new Error(`${who} did not come to that point.\n${world.lastLines()}`); })]);
  await world.network.child(who).exited();
  for (const each of ['sql', 'bus', 'provider']) wires.get(`${who} ${each}`)?.mend();

  const left = await settled(leaves, async () => {
    const { state, outbox } = await saleRows(world.network, who, saleId);
    return { state, unsent: outbox.filter((type) => words.includes(type)).length, told: await toldSoFar(world.network, saleId), moved: await movementsOf(world.operator, saleId) };
  });
  await world.network.restart(who);
  const ending = (await world.ended([commandId], 90_000)).get(commandId);
  if (!ending) throw new Error('It has not ended.');
  const now = await standing(sku);
  return { left, ending, sold: shelf.onHand - now.onHand, stillAside: now.reserved, moved: await movementsOf(world.operator, saleId) };
}

/** What is read, once it is what is expected; whatever it is after a while. Others go on while one is dead. */
async function settled<T>(expected: T, read: () => Promise<T>): Promise<T> {
  for (const giveUpAt = performance.now() + 30_000; ; await sleep(100)) {
    const found = await read();
    if (isDeepStrictEqual(found, expected) || performance.now() > giveUpAt) return found;
  }
}

/** Asked until inventory is there to answer. */
async function standing(sku: string): ReturnType<World['stockOf']> {
  for (const giveUpAt = performance.now() + 60_000; performance.now() < giveUpAt; await sleep(100)) {
    const level = await world.stockOf(sku).catch(() => undefined);
    if (level) return level;
  }
  throw new Error(`Nobody could say how many ${sku} there are.\n${world.lastLines()}`);
}

describe('somebody is killed, comes back, and the sale ends once:', () => {
  it.each(deaths.map((death) => [death.title, death] as const))('%s', (_, death) => {
    const story = stories.get(death);
    if (story?.status !== 'fulfilled') throw story?.reason;
    const { left, ending, ...effect } = story.value;
    expect(left).toEqual(death.leaves);
    expect(ending).toMatchObject(death.isDeclined ? { state: 'declined', moneyMoved: 'no' } : { state: 'completed', moneyMoved: 'yes' });
    expect(effect).toEqual(death.isDeclined ? { sold: 0, stillAside: 0, moved: ['declined'] } : { sold: 2, stillAside: 0, moved: ['authorized', 'captured'] });
  });

  it('and when all have come back, money, stock and receipt numbers balance', async () => {
    await world.expectBalance([...stories.values()].flatMap((story) => (story.status === 'fulfilled' ? [story.value.ending] : [])));
  }, 60_000);
});
