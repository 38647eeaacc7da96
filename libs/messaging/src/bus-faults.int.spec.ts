/** What the bus does to a shop that sells, one test for each fault: no sale is lost, and none counts twice. */
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { setTimeout as sleep } from 'node:timers/promises';
import { inventory } from '@checkout/contracts';
import { uuidv7 } from '@checkout/kernel';
import { Bus } from './bus.ts';
import { toOutbound } from './codec.ts';
import { eventually, ofSale, Shop, storeIds, Town, type ShopOptions } from './testing/shop.ts';
import { tenantId } from './testing/shelf.ts';
import { Wire } from './testing/wire.ts';

const lockMs = 2_000;
/** On a machine that is busy. */
const patientMs = 30_000;
const subscription = 'inventory-commands/subscriptions/inventory';
const heartbeat = { everyMs: 500, deadlineMs: 500 };

let town: Town;
let wire: Wire;
const shops: Shop[] = [];
beforeEach(async () => {
  town = await Town.open({ lockDuration: `PT${lockMs / 1_000}S` });
  wire = await Wire.to(town.serviceBus.port);
});
afterEach(async () => {
  wire.mend();
  town.serviceBus.applyFaults({ clear: true });
  await Promise.all(shops.splice(0).map((shop) => shop.close()));
  await wire[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
}, patientMs);

async function openShop(options: ShopOptions = {}): Promise<Shop> {
  const shop = new Shop(town, { heartbeat, ...options });
  shops.push(shop);
  await shop.open();
  return shop;
}

const throughTheWire = (): ShopOptions => ({ connectionString: wire.connectionString(town.serviceBus.connectionString) });

/** One sale in each partition has gone through, so that all of them are held. */
async function sellOnce(sold = 8): Promise<void> {
  await eventually(() => town.sell(storeIds), patientMs);
  await eventually(async () => expect(await town.sold()).toBe(sold), patientMs);
}

const atRest = (): Promise<void> => eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0, deadLetter: 0 }), patientMs);

describe('the way to the bus', () => {
  it.each<readonly [string, () => void]>([
    ['B03 a connection that the bus closes, as in maintenance', () => wire.closeForced()],
    ['B33 bytes that are no frames', () => wire.garble(Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n'))],
    ['B33 a frame that says it is larger than any', () => wire.garble(Buffer.from([0x7f, 0xff, 0xff, 0xff, 2, 0, 0, 0]))],
  ])('%s costs no sale', async (_, strike) => {
    // given
    await openShop(throughTheWire());
    await sellOnce();

    // when
    strike();

    // then
    await sellOnce(16);
    await atRest();
  }, 3 * patientMs);

  it.each(['toBus', 'toClient'] as const)('B32 that lets nothing through %s, and everything the other way, holds sales up and loses none', async (direction) => {
    // given
    const shop = await openShop(throughTheWire());
    await sellOnce();

    // when
    wire.stop(direction);
    await town.sell(storeIds);
    await eventually(() => expect(shop.warnings.join('\n')).toContain('the Service Bus client has stopped working and is replaced'), patientMs);
    wire.mend();

    // then
    await eventually(async () => expect(await town.sold()).toBe(16), patientMs);
    await atRest();
  }, 4 * patientMs);

  it('B05 that is refused is knocked at patiently, and is taken again when the credential is good', async () => {
    // given
    await openShop();
    await sellOnce();
    town.serviceBus.applyFaults({ inject: [{ fault: 'refuse-auth', entity: subscription, times: 100_000 }] });

    // when
    town.serviceBus.applyFaults({ dropConnections: true });
    await sleep(5_000);
    const [refusals] = await faultsInForce();
    town.serviceBus.applyFaults({ clear: true });

    // then
    expect(refusals).toBeGreaterThan(0);
    expect(refusals).toBeLessThan(5 * 40);
    await sellOnce(16);
  }, 3 * patientMs);

  it('B06 on which no credential is ever answered is given up, and another is made', async () => {
    // given
    await openShop();
    await sellOnce();
    town.serviceBus.applyFaults({ inject: [{ fault: 'lose-auth', entity: subscription, times: 2 }] });

    // when
    town.serviceBus.applyFaults({ dropConnections: true });

    // then
    await sellOnce(16);
  }, 3 * patientMs);
});

async function faultsInForce(): Promise<number[]> {
  const answer = await fetch(`http://localhost:${town.serviceBus.port}/faults`);
  const inForce = (await answer.json()) as readonly { readonly struck: number }[];
  return inForce.map(({ struck }) => struck);
}

describe('a message', () => {
  it('B09 whose partition’s lock was not renewed, for once, is handled once', async () => {
    // given
    await openShop({ beforeCommit: () => sleep(100) });
    await sellOnce();

    // when
    town.serviceBus.applyFaults({ inject: [{ fault: 'lose-renewal', times: 8 }] });
    await sleep(2 * lockMs);
    const struck = (await faultsInForce()).length === 0;

    // then
    expect(struck).toBe(true);
    await sellOnce(16);
    await atRest();
  }, 3 * patientMs);

  it('B10 that is sent ten times, and delivered twice each, to two processes, counts once', async () => {
    // given
    await openShop();
    await openShop();
    const sales = storeIds.map((storeId) => toOutbound(inventory.ReleaseStock(ofSale(storeId)), { id: uuidv7(), source: '/tests', time: '', tenantId: tenantId as never }));
    town.serviceBus.applyFaults({ inject: [{ fault: 'deliver-twice', times: 80 }] });
    const bus = new Bus(town.serviceBus.connectionString);

    // when
    for (let copy = 0; copy < 10; copy += 1) await bus.send(sales);

    // then
    await atRest();
    expect(await town.sold()).toBe(8);
    await bus.close();
  }, 3 * patientMs);

  it.each([
    ['B12 whose completion comes after the end of its lock', { inject: [{ fault: 'expire-lock' as const }] }],
    ['B13 whose completion is done, and nobody says so,', { inject: [{ fault: 'lose-settlement-reply' as const, times: 8 }] }],
  ])('%s counts once', async (_, fault) => {
    // given
    let isFirst = true;
    await openShop({ beforeCommit: (work) => {
      if (!isFirst || !work.text.includes('shelf')) return;
      isFirst = false;
      town.serviceBus.applyFaults(fault);
    } });

    // when
    await town.sell(storeIds);

    // then
    await eventually(async () => expect(await town.sold()).toBe(8), patientMs);
    await atRest();
    expect(await town.sold()).toBe(8);
  }, 5 * patientMs);

  it.each([
    ['B14 that is kept, and nobody says so,', 'lose-send-reply', 3],
    ['B15 that never arrives', 'lose-send', 3],
    ['B16 that is refused, because the bus is busy,', 'server-busy', 4],
  ] as const)('%s goes out again, from the outbox if need be', async (_, fault, times) => {
    // given
    await openShop();
    town.serviceBus.applyFaults({ inject: [{ fault, entity: 'checkout-replies', times }] });
    const sales = storeIds.map((storeId) => inventory.ReleaseStock(ofSale(storeId)));

    // when
    await town.send(sales);

    // then
    const replies = town.client.createReceiver('checkout-replies', 'orchestrator');
    const told: ServiceBusReceivedMessage[] = [];
    await eventually(async () => {
      told.push(...(await replies.peekMessages(100)));
      expect(new Set(told.map(({ correlationId }) => correlationId))).toEqual(new Set(sales.map(({ body }) => body.saleId)));
    }, patientMs);
    await eventually(async () => expect(await town.chunks()).toBe(0), patientMs);
    told.push(...(await replies.peekMessages(100)));
    expect(new Set(told.map(({ messageId }) => messageId)).size).toBe(8);
    // The bus keeps every copy; the receiver's marks tell them apart.
    if (fault === 'lose-send-reply') expect(told.length).toBeGreaterThan(8);
  }, 4 * patientMs);
});
