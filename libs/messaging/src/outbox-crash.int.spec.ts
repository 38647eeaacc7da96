import { inventory } from '@checkout/contracts';
import type { Handler } from './handler.ts';
import { sellTwo, tenantId, type Need, type Shelves, type Sold } from './testing/shelf.ts';
import { eventually, ofSale, Shop, storeIds, Town, type ShopOptions } from './testing/shop.ts';

/** What becomes of an outbox whose sender dies, or is stopped, in the midst of it. */
let town: Town;
const open: Shop[] = [];
beforeAll(async () => {
  town = await Town.open();
});
afterEach(async () => {
  town.serviceBus.applyFaults({ clear: true });
  for (const shop of open.splice(0)) await shop.close();
  await town.reset();
});
afterAll(() => town[Symbol.asyncDispose]());

const openShop = async (options?: ShopOptions): Promise<Shop> => {
  const shop = new Shop(town, options);
  open.push(shop);
  await shop.open();
  return shop;
};
const [store = ''] = storeIds;
const sell = (shop: Shop) => shop.pipeline.submit(sellTwo, { type: 'shelf.sell-two', body: ofSale(store) }, { tenantId });
/** For a machine that has much else to do. */
const patientMs = 30_000;
const allSettled = () => eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0, deadLetter: 0 }), patientMs);
const replies = async () => (await town.waiting('checkout-replies/subscriptions/orchestrator')).active;

/** Has a piece sold by message, and tells a neighbour that one was: one chunk, two topics. */
const sellAndTell: Handler<{ readonly type: 'shelf.sell-and-tell'; readonly body: object }, Need, Shelves, Sold> = {
  needs: () => [],
  decide: () => ({ messages: [inventory.ReleaseStock(ofSale(store)), inventory.StockReserved({ ...ofSale(store), expiresAt: '2026-01-05T12:15:00.000Z' })] }),
};

it('K10 a sender that dies when the bus has taken half of a chunk leaves all of it: the other half arrives, and the first counts once', async () => {
  // given
  town.serviceBus.applyFaults({ inject: [{ fault: 'quota-full', entity: 'checkout-replies', times: 1_000 }] });
  const dying = new Shop(town);
  await dying.pipeline.submit(sellAndTell, { type: 'shelf.sell-and-tell', body: {} }, { tenantId });
  await eventually(() => expect(dying.warnings.filter((warning) => warning.startsWith('messages stay in the outbox'))).toHaveLength(1), patientMs);
  await dying.vanish();
  expect([(await town.waiting()).active, await replies(), await town.chunks()]).toEqual([1, 0, 1]);
  town.serviceBus.applyFaults({ clear: true });
  await town.ageChunks();

  // when
  await openShop();

  // then: the sale that was sent twice has sold one piece, and says so once
  await eventually(async () => expect([await replies(), await town.chunks()]).toEqual([2, 0]), patientMs);
  await allSettled();
  expect([await town.sold(), await replies()]).toEqual([1, 2]);
});

it('K10 a chunk that was begun earlier and committed later than one that is gone is not skipped', async () => {
  // given
  const [stands, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = new Shop(town, { beforeCommit: () => (stands.resolve(), goesOn.promise), insteadOfSend: () => new Promise(() => {}) });
  const selling = slow.pipeline.submit(sellAndTell, { type: 'shelf.sell-and-tell', body: {} }, { tenantId });
  await stands.promise;
  const quick = await openShop();
  await sell(quick);
  await eventually(async () => expect([await town.sold(), await town.chunks()]).toEqual([2, 0]), patientMs);

  // when
  goesOn.resolve();
  await selling;
  await slow.vanish();
  expect(await town.chunks()).toBe(1);
  await town.ageChunks();

  // then
  await eventually(async () => expect([await town.sold(), await town.chunks()]).toEqual([3, 0]), patientMs);
});

it('K11 a sender that was stopped, and sends on when another has taken over, changes nothing: not even behind what was sold since', async () => {
  // given
  const resumes = Promise.withResolvers<void>();
  const late: Promise<void>[] = [];
  const stopped: Shop = new Shop(town, {
    insteadOfSend: (messages) => {
      const sending = resumes.promise.then(() => stopped.bus.send(messages));
      late.push(sending);
      return sending;
    },
  });
  await sell(stopped);
  await town.ageChunks();
  const other = await openShop();
  await eventually(async () => expect([await town.sold(), await town.chunks()]).toEqual([2, 0]), patientMs);
  await sell(other);
  await eventually(async () => expect(await town.sold()).toBe(4), patientMs);

  // when
  resumes.resolve();
  await Promise.all(late);

  // then
  expect(late).toHaveLength(1);
  await allSettled();
  await eventually(async () => expect([await town.sold(), await town.chunks()]).toEqual([4, 0]), patientMs);
  await stopped.vanish();
});
