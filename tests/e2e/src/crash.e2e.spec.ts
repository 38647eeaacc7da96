import { uuidv7 } from '@checkout/kernel';
import { card, cash, products, serviceNames, standInNames, totalOf, type ProgramName } from '@checkout/local-network';
import { World } from './world.ts';

/** Which article a sale is of follows from the seed, so that a failing run can be repeated. */
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);

let world: World;
beforeAll(async () => {
  process.stderr.write(`crash tests: SEED=${seed}\n`);
  world = await World.create();
}, 60_000);
afterAll(() => world?.close());

const articles = products.slice(0, 60);
const offerOf = (index: number) => {
  const { sku } = articles[(seed + index * 7) % articles.length] ?? { sku: 'TEA-01' };
  const lines = [{ sku, quantity: 1 + (index % 2) }];
  const totalMinor = totalOf(lines);
  const tender = index % 10 === 9 ? card(totalMinor, 'tok_declined') : index % 3 === 0 ? cash(totalMinor, totalMinor + 5) : card(totalMinor);
  return { lines, currency: 'GBP', totalMinor, tenders: [tender] };
};

/** Sells as a till does that keeps its command id: it sends until it is answered. */
async function sellAll(count: number, between: (sold: number) => void): Promise<string[]> {
  const commandIds: string[] = [];
  let sold = 0;
  await Promise.all(Array.from({ length: 8 }, async (_, worker) => {
    for (let index = worker; index < count; index += 8) {
      const commandId = uuidv7();
      commandIds.push(commandId);
      for (let attempt = 0; ; attempt += 1) {
        const answer = await world.till.checkout(offerOf(index), { commandId, waitSeconds: 0 }).catch(() => undefined);
        if (answer && answer.status < 300) break;
        if (answer && answer.status < 500 && answer.status !== 409 && answer.status !== 429) throw new Error(`a sale was refused: ${JSON.stringify(answer.body)}`);
        if (attempt > 200) throw new Error(`a sale was never accepted: ${JSON.stringify(answer?.body)}\n${world.lastLines()}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      sold += 1;
      between(sold);
    }
  }));
  return commandIds;
}

/** Kills the programs once 60 of 200 sales are sold, and brings them back. */
async function sellThroughCrashOf(names: readonly ProgramName[]): Promise<void> {
  let crash: Promise<void> | undefined;
  const commandIds = await sellAll(200, (sold) => {
    if (sold === 60) crash = world.network.kill(...names).then(() => world.network.restart(...names));
  });
  await crash;
  const endings = await world.ended(commandIds, 90_000);
  const states = [...endings.values()].map(({ state }) => state);
  expect(states.filter((state) => state === 'completed')).toHaveLength(180);
  expect(states.filter((state) => state === 'declined')).toHaveLength(20);
  await world.expectBalance(endings.values());
}

describe('200 sales end exactly once, and everything balances, when in the middle of them', () => {
  it.each(serviceNames.map((name) => [name] as const))('%s is killed', async (name) => {
    await sellThroughCrashOf([name]);
  }, 180_000);

  it('every process is killed at once', async () => {
    await sellThroughCrashOf([...standInNames, ...serviceNames]);
  }, 240_000);
});

describe('after a restart of everything', () => {
  it('a receipt is still there', async () => {
    const { body } = await world.till.checkout(offerOf(1));
    await world.network.kill(...standInNames, ...serviceNames);
    await world.network.restart(...standInNames, ...serviceNames);
    const { status, body: receipt } = await world.till.call<{ receiptNumber: string }>('GET', `${world.network.url('receipt')}/v1/receipts/${body.saleId}`, undefined, { accept: 'application/json' });
    expect({ status, receiptNumber: receipt.receiptNumber }).toEqual({ status: 200, receiptNumber: body.receiptNumber });
  }, 120_000);
});
