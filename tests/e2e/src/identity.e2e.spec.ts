import { setTimeout as sleep } from 'node:timers/promises';
import { uuidv7, type CommandId } from '@checkout/kernel';
import { breakfast, card, totalOf } from '@checkout/local-network';
import { World } from './world.ts';

/** Long enough to log in with, short enough that several end while a test looks on. */
const tokensLiveSeconds = 8;

let world: World;
beforeAll(async () => {
  world = await World.create({}, { tokensLiveSeconds });
}, 90_000);
afterAll(() => world?.close());

const total = totalOf(breakfast);

/** As a till does it: the same command again until it is accepted. */
async function sell(): Promise<CommandId> {
  const commandId = uuidv7() as CommandId;
  for (let tries = 0; tries < 60; tries += 1) {
    const { status } = await world.till.checkout({ lines: breakfast, currency: 'GBP', totalMinor: total, tenders: [card(total)] }, { commandId, waitSeconds: 0 });
    if (status < 300) return commandId;
    await sleep(500);
  }
  throw new Error(`No checkout was accepted.\n${world.lastLines()}`);
}

const granted = async (): Promise<number> => ((await (await fetch(`${world.network.url('identity')}/health`)).json()) as { granted: number }).granted;

it('OP16 sells without a password, by tokens of the services\' identities, and goes on while tokens end', async () => {
  // given
  let atFirst = await granted();
  for (let tries = 0; tries < 100 && atFirst < 10; tries += 1, atFirst = await granted()) await sleep(100);
  expect(atFirst).toBeGreaterThanOrEqual(10); // Five services, each at a database and the bus.
  const commandIds: CommandId[] = [];

  // when
  const until = Date.now() + 3 * tokensLiveSeconds * 1_000;
  while (Date.now() < until) {
    commandIds.push(await sell());
    await sleep(500);
  }

  // then
  const endings = [...(await world.ended(commandIds)).values()];
  expect(endings.map(({ state }) => state)).toEqual(commandIds.map(() => 'completed'));
  expect(await granted()).toBeGreaterThan(atFirst + 5);
  await world.expectBalance(endings);
}, 120_000);

it('logs in again with a new token when every connection to the databases is lost after the old one has ended', async () => {
  const before = await granted();
  await sleep(tokensLiveSeconds * 1_000);
  await world.network.restart('sql');
  const commandId = await sell();
  const endings = await world.ended([commandId]);
  expect(endings.get(commandId)?.state).toBe('completed');
  expect(await granted()).toBeGreaterThan(before);
}, 120_000);
