import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { checkout, type http } from '@checkout/contracts';
import { partitionOf, saleIdOf, saleTotals, uuidv7, type CommandId, type StoreId, type TenantId, type TillId, type Sku } from '@checkout/kernel';
import { type Answer, type BasketLine, breakfast, card, cash, products, totalOf } from '@checkout/local-network';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.create();
}, 60_000);
afterAll(() => world?.close());

const offer = (lines: readonly BasketLine[], tenders?: readonly object[]) => {
  const totalMinor = totalOf(lines);
  return { lines, currency: 'GBP', totalMinor, tenders: tenders ?? [card(totalMinor)] };
};
const one = (sku: string, quantity = 1): BasketLine[] => [{ sku, quantity }];

describe('a sale', () => {
  it('paid by card ends with a receipt, and the goods are gone', async () => {
    const before = await world.stockOf('TEA-02');
    const { status, body } = await world.till.checkout(offer(breakfast));
    expect({ status, state: body.state, moneyMoved: body.moneyMoved }).toEqual({ status: 200, state: 'completed', moneyMoved: 'yes' });
    expect(await world.till.receiptText(body.saleId)).toContain(body.receiptNumber);
    expect(await world.stockOf('TEA-02')).toEqual({ ...before, onHand: before.onHand - 1, available: before.available - 1 });
    await world.expectBalance([body]);
  });

  it('paid in cash gives change', async () => {
    const total = totalOf(one('MIL-01'));
    const { body } = await world.till.checkout(offer(one('MIL-01'), [cash(total, total + 250)]));
    expect({ state: body.state, changeMinor: body.changeMinor }).toEqual({ state: 'completed', changeMinor: 250 });
  });

  it('split over card and cash takes each its part', async () => {
    const total = totalOf(breakfast);
    const { body } = await world.till.checkout(offer(breakfast, [card(500), cash(total - 500, total)]));
    expect({ state: body.state, changeMinor: body.changeMinor }).toEqual({ state: 'completed', changeMinor: 500 });
    await world.expectBalance([body]);
  });

  it('P03 whose card is declined releases the stock and takes nothing', async () => {
    const before = await world.stockOf('EGG-01');
    const { body } = await world.till.checkout(offer(one('EGG-01', 3), [card(totalOf(one('EGG-01', 3)), 'tok_declined')]));
    expect(body).toMatchObject({ state: 'declined', moneyMoved: 'no', reason: { code: 'payment-declined', declineCode: 'insufficient_funds' } });
    await world.expectBalance([body]);
    expect(await world.stockOf('EGG-01')).toEqual(before);
  });

  it('of more than there is says what is short and charges nothing', async () => {
    const { body } = await world.till.checkout(offer(one('WIN-02', 600)));
    expect(body).toMatchObject({ state: 'rejected', moneyMoved: 'no', reason: { code: 'stock-short', shortages: [{ sku: 'WIN-02', wanted: 600, available: 500 }] } });
    await world.expectBalance([body]);
  });

  it('of the last item goes to one of two tills', async () => {
    const most = (await world.stockOf('WIN-03')).available - 1;
    await world.till.checkout(offer(one('WIN-03', most), [cash(totalOf(one('WIN-03', most)))]));
    const both = await Promise.all([world.till, world.otherTill].map((till) => till.checkout(offer(one('WIN-03')))));
    expect(both.map(({ body }) => body.state).sort()).toEqual(['completed', 'rejected']);
    expect(await world.stockOf('WIN-03')).toMatchObject({ onHand: 0, reserved: 0 });
  });

  it('is followed step by step while it is on its way', async () => {
    const commandId = uuidv7();
    await world.till.checkout(offer(one('TEA-01')), { commandId, waitSeconds: 0 });
    const { status, body } = await world.till.call<string>('GET', `${world.network.url('cart')}/v1/checkouts/${commandId}/events`);
    expect(status).toBe(200);
    expect(body).toContain('reserve stock');
    expect(body).toMatch(/event: ?status/);
    expect(body).toContain('"completed"');
  });

  it('survives a provider that answers late, twice, with an error first or not at all', async () => {
    const commandIds = await Promise.all(['tok_twice', 'tok_error_once', 'tok_drop', 'tok_slow'].map(async (token) => {
      const commandId = uuidv7();
      await world.till.checkout(offer(one('COF-01'), [card(totalOf(one('COF-01')), token)]), { commandId, waitSeconds: 0 });
      return commandId;
    }));
    const endings = await world.ended(commandIds, 60_000);
    expect([...endings.values()].map(({ state }) => state)).toEqual(commandIds.map(() => 'completed'));
    await world.expectBalance(endings.values());
  }, 90_000);
});

describe('a basket', () => {
  it('is filled by scanning, changed, and sold', async () => {
    const cart = `${world.network.url('cart')}/v1/carts`;
    const { body: basket } = await world.till.call<http.BasketView>('POST', cart);
    const barcode = products.find(({ sku }) => sku === 'TEA-02')?.barcode;
    await world.till.call('POST', `${cart}/${basket.basketId}/lines`, { barcode, quantity: 2 });
    await world.till.call('POST', `${cart}/${basket.basketId}/lines`, { sku: 'CHO-01' });
    await world.till.call('PATCH', `${cart}/${basket.basketId}/lines/TEA-02`, { quantity: 1 });
    const { body: filled } = await world.till.call<http.BasketView>('GET', `${cart}/${basket.basketId}`);
    expect(filled.grossMinor).toBe(totalOf([...one('TEA-02'), ...one('CHO-01')]));
    const { body } = await world.till.checkout({ basketId: basket.basketId, currency: 'GBP', totalMinor: filled.grossMinor, tenders: [card(filled.grossMinor)] });
    expect(body.state).toBe('completed');
    expect((await world.till.call('POST', `${cart}/${basket.basketId}/lines`, { sku: 'CHO-01' })).status).toBe(409);
  });
});

/** A till that is told to come back later does. */
async function soldOrRefused(commandId: string): Promise<Answer<http.CheckoutStatus>> {
  for (const giveUpAt = performance.now() + 30_000; ; await sleep(250)) {
    const answer = await world.till.checkout(offer(one('NEW-01'), [cash(totalOf(one('NEW-01')))]), { commandId, waitSeconds: 0 });
    if (answer.status !== 503 || performance.now() > giveUpAt) return answer;
  }
}

describe('the same command', () => {
  it('with the same body is answered with the same sale', async () => {
    const commandId = uuidv7();
    const first = await world.till.checkout(offer(one('TEA-01')), { commandId });
    const again = await world.till.checkout(offer(one('TEA-01')), { commandId });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('T02 with another body is refused, and the first sale stands', async () => {
    const commandId = uuidv7();
    await world.till.checkout(offer(one('TEA-01')), { commandId });
    const other = await world.till.checkout(offer(one('TEA-01', 2)), { commandId });
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused' } });
  });

  it('sent 8 times each for 1,000 sales makes 1,000 sales', async () => {
    const before = await world.stockOf('NEW-01', 'YORK-02').then(({ onHand }) => onHand);
    await world.office.call('POST', `${world.network.url('inventory')}/v1/deliveries`, { deliveryId: 'news', storeId: 'LEEDS-01', lines: [{ sku: 'NEW-01', quantity: 2_000 }] });
    expect(before).toBe(500);
    const commandIds = Array.from({ length: 1_000 }, () => uuidv7());
    const answers = new Map<string, Set<string>>();
    const queue = [...commandIds];
    await Promise.all(Array.from({ length: 16 }, async () => {
      for (let commandId = queue.pop(); commandId !== undefined; commandId = queue.pop()) {
        const id = commandId;
        const eight = await Promise.all(Array.from({ length: 8 }, () => soldOrRefused(id)));
        answers.set(id, new Set(eight.map(({ status, body }) => `${status < 300 ? 'accepted' : `${status} ${JSON.stringify(body)}`} ${body.saleId}`)));
      }
    }));
    expect([...answers.values()].filter(({ size }) => size !== 1)).toEqual([]);
    const endings = await world.ended(commandIds, 90_000);
    expect([...endings.values()].filter(({ state }) => state !== 'completed')).toEqual([]);
    expect(new Set([...endings.values()].map(({ receiptNumber }) => receiptNumber)).size).toBe(1_000);
    expect(await world.stockOf('NEW-01')).toMatchObject({ onHand: 1_500, reserved: 0 });
    await world.expectBalance(endings.values());
  }, 180_000);
});

describe('a till on the bus', () => {
  const tenantId = 'brightside' as TenantId;
  const storeId = 'LEEDS-01' as StoreId;
  const request = (commandId: string, overrides: object = {}) => {
    const lines = [{ sku: 'TEA-03' as Sku, description: 'Tea', quantity: 1, unitPriceMinor: 345, taxRateBp: 0 }];
    const { grossMinor: totalMinor } = saleTotals(lines, 'inclusive');
    return {
      ...checkout.CheckoutRequested({
        tenantId, storeId, saleId: saleIdOf(tenantId, commandId as CommandId), commandId: commandId as CommandId, tillId: 'LEEDS-01-T1' as TillId, currency: 'GBP', taxMode: 'inclusive',
        lines, tenders: [card(totalMinor)], totalMinor, requestedAt: new Date().toISOString(),
      }).body,
      ...overrides,
    };
  };
  const message = (body: object, overrides: object = {}) => ({
    messageId: uuidv7(), subject: checkout.CheckoutRequested.type, sessionId: partitionOf(tenantId, storeId), body,
    applicationProperties: { 'cloudEvents:type': checkout.CheckoutRequested.type, 'cloudEvents:specversion': '1.0', tenant: tenantId }, ...overrides,
  });
  let client: ServiceBusClient;
  beforeAll(() => {
    client = new ServiceBusClient(world.network.serviceBusConnection);
  });
  afterAll(() => client?.close());

  it('sells by the same rules, and the sale can be asked for', async () => {
    const commandId = uuidv7();
    await client.createSender('checkout-requests').sendMessages(message(request(commandId)));
    const endings = await world.ended([commandId], 20_000);
    expect(endings.get(commandId)).toMatchObject({ state: 'completed', totalMinor: 345 });
  }, 30_000);

  it('has what cannot be right dead-lettered at once, with a reason', async () => {
    const receiver = client.createReceiver('checkout-requests', 'orchestrator', { subQueueType: 'deadLetter', receiveMode: 'receiveAndDelete' });
    const commandId = uuidv7();
    const cases: [object, string][] = [
      [message({ hello: 'world' }), 'body-invalid'],
      [{ ...message({}), body: 'not json' }, 'body-unreadable'],
      [message(request(commandId), { subject: 'x.unknown.v1', applicationProperties: { tenant: tenantId, 'cloudEvents:type': 'x.unknown.v1' } }), 'type-unknown'],
      [message(request(commandId), { applicationProperties: { 'cloudEvents:type': checkout.CheckoutRequested.type, tenant: 'corner-books' } }), 'tenant-mismatch'],
      [message(request(commandId), { applicationProperties: { 'cloudEvents:type': checkout.CheckoutRequested.type } }), 'tenant-missing'],
      [message(request(commandId, { totalMinor: 1, tenders: [card(1)] })), 'total-mismatch'],
      [message(request(commandId, { tenders: [card(344)] })), 'tender-mismatch'],
      [message(request(commandId, { saleId: saleIdOf(tenantId, uuidv7() as CommandId) })), 'sale-id-mismatch'],
    ];
    const reasons: (string | undefined)[] = [];
    for (const [sent] of cases) {
      await client.createSender('checkout-requests').sendMessages(sent as Parameters<ReturnType<ServiceBusClient['createSender']>['sendMessages']>[0]);
      const [dead] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 10_000 });
      reasons.push(dead?.deadLetterReason);
      expect(dead?.deadLetterErrorDescription).toBeTruthy();
      expect(dead?.deliveryCount).toBe(0);
    }
    expect(reasons).toEqual(cases.map(([, reason]) => reason));
    expect((await world.till.status(commandId)).status).toBe(404);
  }, 60_000);
});

describe('another tenant', () => {
  it('T15 cannot read, follow or repeat a sale, nor see its receipt, its stock or its basket', async () => {
    const commandId = uuidv7();
    const { body } = await world.till.checkout(offer(one('TEA-01')), { commandId });
    const { body: basket } = await world.till.call<http.BasketView>('POST', `${world.network.url('cart')}/v1/carts`);
    const { foreignTill, network } = world;
    const answers = await Promise.all([
      foreignTill.status(commandId),
      foreignTill.call('GET', `${network.url('cart')}/v1/checkouts/${commandId}/events`),
      foreignTill.call('GET', `${network.url('receipt')}/v1/receipts/${body.saleId}`),
      foreignTill.call('GET', `${network.url('orchestrator')}/v1/checkouts/${body.saleId}/timeline`),
      foreignTill.call('GET', `${network.url('cart')}/v1/carts/${basket.basketId}`),
    ]);
    expect(answers.map(({ status }) => status).filter((status) => status !== 404 && status !== 403)).toEqual([]);
    expect(JSON.stringify(answers.map((answer) => answer.body))).not.toContain('brightside');
    // The same command id is another sale for another tenant.
    const own = await foreignTill.checkout(offer(one('TEA-01')), { commandId });
    expect(own.body).toMatchObject({ state: 'completed' });
    expect(own.body.saleId).not.toBe(body.saleId);
  });
});

describe('what is not right at the door', () => {
  const total = totalOf(one('TEA-01'));
  it.each<[string, Record<string, unknown>, number, string]>([
    ['an unknown article', { ...offer(one('TEA-01')), lines: one('NOPE-1') }, 422, 'sku-unknown'],
    ['another currency', { ...offer(one('TEA-01')), currency: 'EUR' }, 422, 'currency-mismatch'],
    ['a total that is not what the lines cost', { ...offer(one('TEA-01')), totalMinor: total + 1, tenders: [card(total + 1)] }, 422, 'total-mismatch'],
    ['tenders that do not add up', offer(one('TEA-01'), [card(total - 1)]), 422, 'tender-mismatch'],
    ['a negative quantity', { ...offer(one('TEA-01')), lines: one('TEA-01', -1) }, 422, 'quantity-invalid'],
    ['a fraction of a piece', { ...offer(one('TEA-01')), lines: one('TEA-01', 1.5) }, 422, 'quantity-invalid'],
    ['a huge quantity', { ...offer(one('TEA-01')), lines: one('TEA-01', 1_000_000) }, 422, 'quantity-invalid'],
    ['a field nobody knows', { ...offer(one('TEA-01')), tenantId: 'corner-books' }, 422, 'unknown-field'],
    ['a wrong type', { ...offer(one('TEA-01')), totalMinor: String(total) }, 422, 'money-invalid'],
    ['a card number instead of a token', offer(one('TEA-01'), [card(total, '4242424242424242')]), 422, 'pan-detected'],
  ])('%s is refused, and nothing is stored', async (_what, body, status, code) => {
    const commandId = uuidv7();
    const answer = await world.till.checkout(body, { commandId });
    expect(answer).toMatchObject({ status, body: { code, outcome: 'not_accepted', moneyMoved: 'no' } });
    expect((await world.till.status(commandId)).status).toBe(404);
  });

  it('is told apart from a broken request', async () => {
    const url = `${world.network.url('cart')}/v1/checkouts`;
    const good = JSON.stringify(offer(one('TEA-01')));
    const post = (body: string, headers: Record<string, string> = {}, authorization: Record<string, string> = { authorization: `Bearer ${world.till.token}` }) =>
      fetch(url, { method: 'POST', body, headers: { ...authorization, 'content-type': 'application/json', 'idempotency-key': uuidv7(), ...headers } });
    const codes = await Promise.all([
      post('{'), post('x'.repeat(300_000)), post(good, { 'idempotency-key': 'seven' }), post(good, { 'content-type': 'text/plain' }), post(good, {}, {}), post(good, { authorization: 'Bearer a.b.c' }),
    ].map(async (answer) => ((await (await answer).json()) as { code: string }).code));
    expect(codes).toEqual(['json-invalid', 'body-too-large', 'idempotency-key-invalid', 'media-type-unsupported', 'auth-missing', 'auth-invalid']);
  });
});
