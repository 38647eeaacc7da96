import { inventory } from '@checkout/contracts';
import { partitionOf } from '@checkout/kernel';
import { registry } from '@checkout/observability';
import { sql, varchar } from '@checkout/sql';
import { sellTwo, tenantId } from './testing/shelf.ts';
import { eventually, ofSale, Shop, storeIds, Town, type ShopOptions } from './testing/shop.ts';

let town: Town;
const open: Shop[] = [];
beforeAll(async () => {
  town = await Town.open();
});
afterEach(async () => {
  town.serviceBus.applyFaults({ settlementDelayMs: 0 });
  town.sqlServer.faults([]);
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
const [first = '', second = ''] = storeIds;
const sellFrom = (storeId = first) => ({ type: 'shelf.sell-two', body: ofSale(storeId) }) as const;
/** For a machine that has much else to do. */
const patientMs = 30_000;
const allSettled = () => eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0 }));

describe('messages of a busy shop', () => {
  it('share commits, and each counts once', async () => {
    // given
    await town.sell(Array.from({ length: 160 }, (_, index) => storeIds[index % 8]));

    // when
    const shop = await openShop();
    await eventually(async () => expect(await town.sold()).toBe(160));

    // then
    await allSettled();
    expect(shop.unitsOfWork).toBeLessThan(40);
    expect(shop.warnings).toEqual([]);
  });

  it('share commits with local inputs', async () => {
    // given
    const shop = await openShop();
    await town.sell([second]);
    await eventually(async () => expect(await town.sold()).toBe(1));
    const before = shop.unitsOfWork;

    // when
    const answers = await Promise.all(Array.from({ length: 5 }, () => shop.pipeline.submit(sellTwo, sellFrom(), { tenantId })));

    // then
    expect(answers).toEqual([1, 2, 3, 4, 5]);
    expect(shop.unitsOfWork).toBe(before + 1);
    await eventually(async () => expect(await town.sold(first)).toBe(10));
    expect(shop.unitsOfWork).toBeLessThanOrEqual(before + 6);
  });

  it('leave nothing in the outbox', async () => {
    const shop = await openShop();
    await town.sell(storeIds);
    await eventually(async () => {
      expect(await town.sold()).toBe(8);
      expect(await town.chunks()).toBe(0);
    });
    expect(shop.warnings).toEqual([]);
  });
});

describe('a message that cannot be handled', () => {
  it('is dead-lettered with its reason, and its neighbours are completed', async () => {
    // given
    await town.send(['TEA', 'POISON', 'TEA', 'POISON', 'TEA'].map((sku) => town.reserve(sku)));

    // when
    await openShop();
    await eventually(async () => expect(await town.waiting()).toEqual(expect.objectContaining({ active: 0, locked: 0, deadLetter: 2 })));

    // then
    expect(await town.sold()).toBe(3);
    const receiver = town.client.createReceiver('inventory-commands', 'inventory', { subQueueType: 'deadLetter', receiveMode: 'receiveAndDelete' });
    const dead = await receiver.receiveMessages(2);
    expect(dead.map(({ deadLetterReason, deadLetterErrorDescription, deliveryCount }) => [deadLetterReason, deadLetterErrorDescription, deliveryCount]))
      .toEqual(Array.from({ length: 2 }, () => ['not-for-sale', 'Poison is not for sale.', 0]));
    await receiver.close();
  });

  it('is dead-lettered by the bus in the end when it is our defect', async () => {
    await town.send(['TEA', 'DEFECT', 'TEA'].map((sku) => town.reserve(sku)));
    await openShop();
    await eventually(async () => expect(await town.waiting()).toEqual(expect.objectContaining({ active: 0, locked: 0, deadLetter: 1 })));
    expect(await town.sold()).toBe(2);
  });

  it('Q39 is dead-lettered by the bus in the end when the database cannot hold what it says, with what was wrong, and pauses nobody', async () => {
    // given: a shelf that has sold as much as can be counted
    await town.execute(sql`INSERT INTO shelf (tenant_id, store_id, sold, version) VALUES (${varchar(40, tenantId)}, ${varchar(40, second)}, 2147483647, 1);`);
    await town.send([town.reserve('TEA'), town.reserve('TEA', second), town.reserve('TEA')]);

    // when
    const shop = await openShop();
    await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0, deadLetter: 1 }), patientMs);

    // then
    expect(await town.sold(first)).toBe(2);
    const receiver = town.client.createReceiver('inventory-commands', 'inventory', { subQueueType: 'deadLetter', receiveMode: 'receiveAndDelete' });
    const [dead] = await receiver.receiveMessages(1);
    await receiver.close();
    expect(dead).toMatchObject({ deadLetterReason: 'MaxDeliveryCountExceeded', applicationProperties: { 'failure-dependency': 'shelf/work' } });
    expect(shop.warnings.some((warning) => warning.includes('rithmetic overflow'))).toBe(true);
    expect(shop.warnings.filter((warning) => warning.includes('paused'))).toEqual([]);
  });
});

describe('a commit that is never answered', () => {
  const unknownCommits = async (): Promise<number> => ((await registry.getSingleMetric('commit_unknown_total')?.get())?.values ?? []).reduce((sum, { value }) => sum + value, 0);

  it.each([
    ['Q04 was undone with its connection', 'drop-before'],
    ['Q05 had happened', 'drop-after-commit'],
  ] as const)('%s: it is counted as unknown and found out, each message counts once, and no delivery is spent', async (_, action) => {
    // given
    const shop = await openShop();
    await town.sell(storeIds);
    await eventually(async () => expect([await town.sold(), await town.chunks()]).toEqual([8, 0]), patientMs);
    const before = await unknownCommits();

    // when
    town.sqlServer.faults([{ match: 'commit', action, times: 2 }]);
    await town.sell(storeIds);

    // then
    await eventually(async () => expect(await town.sold()).toBe(16), patientMs);
    await eventually(async () => expect([await town.chunks(), await town.waiting()]).toMatchObject([0, { active: 0, locked: 0, deadLetter: 0 }]), patientMs);
    expect(await unknownCommits()).toBe(before + 2);
    expect(await town.sold()).toBe(16);
    expect(shop.server.pausedCount).toBe(0);
  });
});

describe('a second writer', () => {
  it('has the batch decided again on what is there now', async () => {
    // given
    let isFirst = true;
    const shop = await openShop({
      beforeCommit: async (work) => {
        if (!work.text.includes('UPDATE shelf') || !isFirst) return;
        isFirst = false;
        await town.execute(sql`UPDATE shelf SET sold += 100, version += 1;`);
      },
    });
    await shop.pipeline.submit(sellTwo, sellFrom(), { tenantId });
    await eventually(async () => expect(await town.sold()).toBe(102));

    // when
    const answer = await shop.pipeline.submit(sellTwo, sellFrom(), { tenantId });

    // then
    expect(answer).toBe(103);
    expect(isFirst).toBe(false);
  });
});

describe('a crash', () => {
  it('Q38 between commit and settlement changes nothing: the message comes again and finds its mark', async () => {
    // given
    await town.sell(storeIds);
    town.serviceBus.applyFaults({ settlementDelayMs: 120_000 });
    const crashing = new Shop(town);
    await crashing.open();
    await eventually(async () => expect(await town.sold()).toBe(8));

    // when
    await crashing.vanish();
    town.serviceBus.applyFaults({ settlementDelayMs: 0 });
    await openShop();

    // then
    await allSettled();
    expect(await town.sold()).toBe(8);
    expect((await town.waiting()).deadLetter).toBe(0);
    // Not part of the story: the crashed one's timers, which a process would take with it.
    void crashing.server.close();
  });

  it('between commit and sending loses no message: the next start sends it', async () => {
    // given
    const crashing = new Shop(town, { insteadOfSend: () => new Promise(() => {}) });
    await crashing.pipeline.submit(sellTwo, sellFrom(), { tenantId });
    await crashing.vanish();
    expect([await town.sold(), await town.chunks()]).toEqual([1, 1]);
    await town.ageChunks();

    // when
    await openShop();

    // then
    await eventually(async () => expect([await town.sold(), await town.chunks()]).toEqual([2, 0]));
  });
});

describe('the outbox', () => {
  const leave = async (shop: Shop, count: number) => {
    for (let n = 0; n < count; n += 1) await shop.pipeline.submit(sellTwo, sellFrom(storeIds[n]), { tenantId });
    await shop.vanish();
    await town.ageChunks();
  };
  const neverSending = () => new Shop(town, { insteadOfSend: () => new Promise(() => {}) });

  it('may be swept by two instances at once: what is sent twice counts once', async () => {
    await leave(neverSending(), 5);
    await Promise.all([openShop(), openShop()]);
    await eventually(async () => expect([await town.sold(), await town.chunks()]).toEqual([10, 0]));
    await allSettled();
    expect(await town.sold()).toBe(10);
  });

  it('is not blocked by a chunk that cannot be read or sent', async () => {
    // given
    await town.execute(sql`
      INSERT INTO outbox (chunk_id, created_at, message_count, messages)
      VALUES ('0-unreadable', SYSUTCDATETIME(), 1, '[{"topic":7}]'),
        ('1-nowhere', SYSUTCDATETIME(), 1, '[{"topic":"nowhere","partition":"p0","envelope":{"id":"a","source":"/tests","type":"t","time":"","tenantId":"acme"},"body":{}}]');`);
    await leave(neverSending(), 1);

    // when
    const shop = await openShop();

    // then
    await eventually(async () => expect([await town.sold(), await town.chunks()]).toEqual([2, 2]));
    expect(shop.warnings.filter((warning) => warning.startsWith('messages in the outbox cannot be sent'))).toHaveLength(2);
  });

  it('keeps what is for a topic that is full, sends what is for others, and all of it once there is room (B17)', async () => {
    // given
    town.serviceBus.applyFaults({ inject: [{ fault: 'quota-full', entity: 'inventory-commands', times: 1_000 }] });
    await leave(neverSending(), 3);
    const elsewhere = neverSending();
    await elsewhere.pipeline.submit({ needs: () => [], decide: () => ({ messages: [inventory.StockReleased(ofSale())] }) }, { type: 'shelf.tell-all', body: {} }, { tenantId });
    await elsewhere.vanish();
    await town.ageChunks();

    // when
    const shop = await openShop({ shutMs: 1 });
    await eventually(async () => expect(await town.chunks()).toBe(3), patientMs);
    expect(shop.warnings).toContainEqual(expect.stringContaining('their topic takes none'));
    expect(shop.warnings).not.toContainEqual(expect.stringContaining('cannot be sent as they are'));
    expect(await town.sold()).toBe(3);
    town.serviceBus.applyFaults({ clear: true });

    // then
    await eventually(async () => expect([await town.sold(), await town.chunks()]).toEqual([6, 0]), patientMs);
  }, 3 * patientMs);

  it('takes a chunk away that the bus has already, without sending it again', async () => {
    // given
    let sends = 0;
    let isRemovable = false;
    const shop = await openShop({
      insteadOfSend: () => {
        sends += 1;
        return undefined;
      },
      beforeCommit: (work) => {
        if (!work.text.includes('shelf') && !isRemovable) throw new Error('the connection was lost');
      },
    });
    await shop.pipeline.submit(sellTwo, sellFrom(), { tenantId });
    await eventually(async () => expect(await town.sold()).toBe(2));
    const sent = sends;
    await town.ageChunks();

    // when
    await new Promise((resolve) => {
      setTimeout(resolve, 2_500);
    });
    isRemovable = true;

    // then
    await eventually(async () => expect(await town.chunks()).toBe(0));
    expect(sends).toBe(sent);
  });

  it('sends a chunk that is larger than the bus takes at once, in order', async () => {
    // given
    const shop = await openShop();
    const messages = Array.from({ length: 600 }, () => inventory.StockReleased(ofSale()));
    const receiver = await town.client.acceptSession('checkout-replies', 'orchestrator', partitionOf(tenantId, first), { receiveMode: 'receiveAndDelete' });

    // when
    await shop.pipeline.submit({ needs: () => [], decide: () => ({ messages }) }, { type: 'shelf.tell-all', body: {} }, { tenantId });

    // then
    const received: unknown[] = [];
    while (received.length < messages.length) {
      const some = await receiver.receiveMessages(600 - received.length, { maxWaitTimeInMs: 1_000 });
      if (some.length === 0) break;
      received.push(...some.map(({ body }) => (body as { saleId: string }).saleId));
    }
    expect(received).toEqual(messages.map(({ body }) => body.saleId));
    await receiver.close();
  });
});

describe('an outage of the database', () => {
  it('Q01 pauses receiving without spending deliveries, and everything is handled once when it is over', async () => {
    // given
    const shop = await openShop();
    await town.sell(storeIds);
    await eventually(async () => expect(await town.sold()).toBe(8));

    // when
    await town.sqlServer.stop();
    await town.sell([...storeIds, ...storeIds]);
    await eventually(() => expect(shop.server.pausedCount).toBe(1));
    await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 16, locked: 0, deadLetter: 0 }));
    const receiver = town.client.createReceiver('inventory-commands', 'inventory');
    const waiting = await receiver.peekMessages(16);
    expect(waiting.map(({ deliveryCount }) => deliveryCount)).toEqual(waiting.map(() => 0));
    await receiver.close();
    await town.sqlServer.start();

    // then
    await eventually(async () => expect(await town.sold()).toBe(24), 10_000);
    await allSettled();
    expect(shop.server.pausedCount).toBe(0);
    expect((await town.waiting()).deadLetter).toBe(0);
  });

  it('Q28 of one store’s row, which somebody keeps, holds up that store: the others sell on, no outcome is unknown, and it sells when the row is free', async () => {
    // given
    const shop = await openShop();
    await town.sell(storeIds);
    await eventually(async () => expect(await town.sold()).toBe(8), patientMs);

    // when
    {
      await using _somebody = await town.sqlServer.hold(`EXEC sp_set_session_context @key = N'scope', @value = 'service'; BEGIN TRAN; SELECT sold FROM shelf WITH (UPDLOCK) WHERE store_id = '${first}';`);
      await town.sell(storeIds);
      await eventually(async () => expect(await town.sold()).toBe(15), patientMs);
      expect(await town.sold(first)).toBe(1);
    }

    // then
    await eventually(async () => expect(await town.sold()).toBe(16), patientMs);
    await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, locked: 0, deadLetter: 0 }), patientMs);
    expect(shop.warnings.filter((warning) => /breaker opened|unknown/.test(warning))).toEqual([]);
  }, 90_000);

  it('that lasts until the shop closes does not keep it from closing', async () => {
    const shop = await openShop();
    await town.sqlServer.stop();
    try {
      await town.sell([first]);
      await eventually(() => expect(shop.server.pausedCount).toBe(1));
      const startedAt = performance.now();
      await shop.close();
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    } finally {
      await town.sqlServer.start();
    }
  });
});

describe('closing', () => {
  /** A shop that is closed while its first commit is under way, however quick or slow the machine. */
  async function closedWithin(stores: readonly string[]): Promise<void> {
    const commit = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const shop = await openShop({
      beforeCommit: async (work) => {
        if (!work.text.includes('shelf')) return;
        begun.resolve();
        await commit.promise;
      },
    });
    await town.sell(stores);
    await begun.promise;
    const closing = shop.server.close();
    commit.resolve();
    await closing;
    await eventually(async () => expect(await town.waiting()).toMatchObject({ locked: 0, deadLetter: 0 }), patientMs);
  }

  it('finishes what was begun, and tells the bus', async () => {
    await closedWithin([first]);
    expect((await town.waiting()).active).toBe(0);
    await eventually(async () => expect(await town.sold()).toBeGreaterThanOrEqual(1), patientMs);
  }, 3 * patientMs);

  it('gives back the rest, and whoever opens next goes on: each counts once', async () => {
    // given
    await closedWithin(Array.from({ length: 400 }, (_, index) => storeIds[index % 8] ?? first));
    const { active } = await town.waiting();
    // What was committed and could not be settled in time comes again, and finds its mark.
    await eventually(async () => expect(await town.sold()).toBeGreaterThanOrEqual(400 - active), patientMs);

    // when
    await openShop();

    // then
    await eventually(async () => expect([await town.sold(), await town.chunks()]).toEqual([400, 0]), patientMs);
    await eventually(async () => expect(await town.waiting()).toMatchObject({ active: 0, deadLetter: 0 }), patientMs);
  }, 4 * patientMs);
});
