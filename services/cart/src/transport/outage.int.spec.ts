import { setTimeout as sleep } from 'node:timers/promises';
import { checkout, type BodyOf } from '@checkout/contracts';
import { saleIdOf, type CommandId, type SaleId } from '@checkout/kernel';
import { acme, aStore, anOffer, leeds, newCommandId, pen, soap, tea, till as tillId } from '../testing.ts';
import { OutageTown, type Answer, type Cart } from '../testing/outage-shop.ts';

const town = new OutageTown();
let cart: Cart;

beforeAll(async () => {
  await town.open();
  cart = await town.serve();
  expect((await town.call(cart, 'PUT', '/v1/stores', { stores: [aStore()] }, { token: 'office' })).status).toBe(204);
  expect((await town.call(cart, 'PUT', '/v1/products', { products: [tea, soap, pen] }, { token: 'office' })).status).toBe(204);
  await town.copied();
}, 60_000);
afterAll(async () => {
  await cart.close();
  await town.close();
}, 60_000);
afterEach(async () => {
  town.network.fault = 'pass';
  town.network.reset();
  town.sql.faults([]);
  town.bus.applyFaults({ clear: true });
  town.book = new Map();
  await until(async () => (await sell(newCommandId())).body['acceptedVia'] === 'sql');
}, 60_000);

const sell = (commandId: CommandId, offer: object = anOffer(), { token = 'till', headers = {}, at = cart }: { token?: 'till' | 'otherTill'; headers?: Record<string, string>; at?: Cart } = {}): Promise<Answer> =>
  town.call(at, 'POST', '/v1/checkouts', offer, { token, headers: { 'idempotency-key': commandId, ...headers } });
const statusOf = (commandId: CommandId, at = cart) => town.call(at, 'GET', `/v1/checkouts/${commandId}`);

async function until(condition: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  for (const giveUpAt = performance.now() + limitMs; performance.now() < giveUpAt; await sleep(50)) if (await condition()) return;
  throw new Error('it did not come about');
}

/** Whatever happened, the till sends until it is accepted; then there is one message, however often it was sent. */
async function endsInOneSale(commandId: CommandId): Promise<BodyOf<typeof checkout.CheckoutRequested>> {
  await until(async () => [200, 202].includes((await sell(commandId)).status));
  const requests = await town.requestsOf(commandId);
  expect(new Set(requests.map(({ messageId }) => String(messageId))).size).toBe(1);
  const [first] = requests;
  const request = checkout.CheckoutRequested.schema.parse(first?.body);
  expect(request.saleId).toBe(saleIdOf(acme, commandId));
  return request;
}

const faults: Readonly<Record<string, () => void>> = {
  'Q08 is black-holed': () => void (town.network.fault = 'hole'),
  'Q35 hears and is not heard': () => void (town.network.fault = 'deaf'),
  'Q16 fails over (40613)': () => town.sql.faults([{ match: '.', action: 40613, times: 1_000 }]),
  'Q17 fails over under its statements (40197)': () => town.sql.faults([{ match: '.', action: 40197, times: 1_000 }]),
  // Reads are answered as before: only a probe that writes can tell.
  'Q23 has become read-only (3906)': () => town.sql.faults([{ match: writes, action: 3906, times: 1_000 }]),
  'Q36 is full (40544)': () => town.sql.faults([{ match: writes, action: 40544, times: 1_000 }]),
  'Q18 is throttled (40501)': () => town.sql.faults([{ match: '.', action: 40501, times: 1_000 }]),
  'Q19 has too many workers (10928)': () => town.sql.faults([{ match: '.', action: 10928, times: 1_000 }]),
  'Q14 refuses the login and cuts who was in (18456)': () => {
    town.sql.faults([{ match: 'login', action: 18456, times: 1_000 }]);
    town.network.reset();
  },
  'Q26 takes longer for everything than a till has time': () => town.sql.faults([{ match: '.', action: 'delay', delayMs: 700, times: 1_000 }]),
};
const writes = 'BEGIN TRAN|INSERT';

describe('while the database', () => {
  it.each(Object.keys(faults))('%s a checkout is accepted onto the bus, in time for the till', async (fault) => {
    faults[fault]?.();
    const commandId = newCommandId();
    const { status, body, tookMs } = await sell(commandId);
    expect({ status, via: body['acceptedVia'], state: body['state'], moneyMoved: body['moneyMoved'] }).toEqual({ status: 202, via: 'bus', state: 'accepted', moneyMoved: 'unknown' });
    expect(body['pricedFrom']).toEqual({ snapshotAt: expect.stringMatching(/^20\d\d-/) as string });
    expect(tookMs).toBeLessThan(3_000);
    expect(await endsInOneSale(commandId)).toMatchObject({ acceptedVia: 'bus', totalMinor: 598, pricedFrom: body['pricedFrom'], lines: [{ sku: 'TEA-80', unitPriceMinor: 299 }] });
  }, 40_000);

  it('Q01 is gone a checkout is accepted onto the bus, in time for the till', async () => {
    await town.sql.stop();
    const commandId = newCommandId();
    const { status, body, tookMs } = await sell(commandId);
    await town.sql.start();
    expect({ status, via: body['acceptedVia'] }).toEqual({ status: 202, via: 'bus' });
    expect(tookMs).toBeLessThan(3_000);
    await endsInOneSale(commandId);
  }, 40_000);

  it('is black-holed, tills soon need not wait for it', async () => {
    town.network.fault = 'hole';
    const took: number[] = [];
    for (let sales = 0; sales < 12; sales += 1) {
      const { status, tookMs } = await sell(newCommandId());
      expect(status).toBe(202);
      took.push(tookMs);
    }
    // The breaker opens within five calls; from then on only the bus is waited for.
    const opened = took.slice(6).toSorted((a, b) => a - b);
    expect(opened[Math.floor(opened.length / 2)]).toBeLessThan(400);
  }, 60_000);

  it('Q05 loses the answer to a commit, the sale is made once, and only a second request is told that it repeats', async () => {
    town.sql.faults([{ match: 'commit', action: 'drop-after-commit', times: 1 }]);
    const commandId = newCommandId();
    const [first, second] = [await sell(commandId), await sell(commandId)];
    expect([first, second].map(({ status, headers }) => [status, headers.get('idempotency-replayed')])).toEqual([[202, null], [202, 'true']]);
    town.sql.faults([]);
    await endsInOneSale(commandId);
  }, 40_000);

  it('loses the answers to all commits, the bus takes the sale, and it is made once', async () => {
    town.sql.faults([{ match: 'commit', action: 'drop-after-commit', times: 1_000 }]);
    const commandId = newCommandId();
    expect((await sell(commandId)).status).toBe(202);
    town.sql.faults([]);
    await endsInOneSale(commandId);
  }, 40_000);

  it('is away the status of a sale is what can be known, or an honest 503', async () => {
    const [stored, onBus, elsewhere, nobodys] = [newCommandId(), newCommandId(), newCommandId(), newCommandId()];
    await sell(stored);
    town.network.fault = 'hole';
    await sell(onBus);
    town.book?.set(saleIdOf(acme, elsewhere), {
      saleId: saleIdOf(acme, elsewhere), commandId: elsewhere, storeId: leeds, tillId, currency: 'GBP', totalMinor: 598, phase: 'completed', acceptedVia: 'sql',
      requestedAt: '2026-01-05T12:00:00.000Z', receiptNumber: 'S-000009', changeMinor: 0, endedAt: '2026-01-05T12:00:02.000Z',
    });
    expect((await statusOf(stored)).body).toMatchObject({ state: 'accepted', acceptedVia: 'sql' });
    expect((await statusOf(onBus)).body).toMatchObject({ state: 'accepted', acceptedVia: 'bus' });
    expect((await statusOf(elsewhere)).body).toMatchObject({ state: 'completed', receiptNumber: 'S-000009', moneyMoved: 'yes' });
    town.book = undefined;
    expect((await statusOf(onBus)).body).toMatchObject({ state: 'accepted' });
    expect(await statusOf(nobodys)).toMatchObject({ status: 503, body: { code: 'dependency-unavailable', commandId: nobodys, saleId: saleIdOf(acme, nobodys) } });
  }, 40_000);

  it('is away when the process starts, it sells from the copy on disk', async () => {
    town.network.fault = 'hole';
    const restarted = await town.serve();
    try {
      const commandId = newCommandId();
      expect(await sell(commandId, anOffer(), { at: restarted })).toMatchObject({ status: 202, body: { acceptedVia: 'bus', pricedFrom: {} } });
    } finally {
      await restarted.close();
    }
  }, 60_000);

  it('is away a basket is sold at the prices of its scans, and is closed once when the database is back', async () => {
    const basketId = String((await town.call(cart, 'POST', '/v1/carts')).body['basketId']) as SaleId;
    await town.call(cart, 'POST', `/v1/carts/${basketId}/lines`, { sku: tea.sku, quantity: 2 });
    town.network.fault = 'hole';
    const commandId = newCommandId();
    expect(await sell(commandId, anOffer({ basketId }))).toMatchObject({ status: 202, body: { acceptedVia: 'bus' } });
    const [request] = await town.requestsOf(commandId);
    const { tenantId, storeId, saleId, currency, totalMinor, requestedAt, requestHash } = checkout.CheckoutRequested.schema.parse(request?.body);
    town.network.fault = 'pass';
    town.network.reset();

    const started = checkout.CheckoutStarted({ tenantId, storeId, saleId, commandId, tillId, currency, totalMinor, requestedAt, basketId, ...(requestHash !== undefined && { requestHash }) });
    await town.tell(started);
    await town.tell(started);
    await until(async () => (await town.call(cart, 'GET', `/v1/carts/${basketId}`)).body['state'] === 'checked-out');
    expect(await sell(commandId, anOffer({ basketId }))).toMatchObject({ status: 202, body: { acceptedVia: 'bus' } });
    expect(await sell(newCommandId(), anOffer({ basketId }))).toMatchObject({ status: 409, body: { code: 'basket-closed' } });
  }, 60_000);

  it('is away, and later, another request under the same command is refused', async () => {
    town.network.fault = 'hole';
    const commandId = newCommandId();
    await sell(commandId);
    const other = anOffer({ lines: [{ sku: soap.sku, quantity: 1 }], totalMinor: 450 });
    const refused = { status: 409, body: { code: 'idempotency-key-reused', moneyMoved: 'unknown', checkout: `/v1/checkouts/${commandId}`, commandId } };
    expect(await sell(commandId, other)).toMatchObject(refused);
    expect(await sell(commandId, anOffer(), { token: 'otherTill' })).toMatchObject(refused);
    town.network.fault = 'pass';
    town.network.reset();
    await until(async () => (await sell(newCommandId())).body['acceptedVia'] === 'sql');
    expect(await sell(commandId, other)).toMatchObject(refused);
  }, 40_000);
});

describe('while the bus', () => {
  it('B30 is away a checkout is accepted into the database, and goes out when the bus is back', async () => {
    await town.bus.close();
    const commandId = newCommandId();
    expect(await sell(commandId)).toMatchObject({ status: 202, body: { acceptedVia: 'sql' } });
    await town.startBus();
    await endsInOneSale(commandId);
  }, 60_000);

  it('and the database are away nothing is accepted, and the till is told so, in its language; later the same key sells (X045, B31)', async () => {
    town.network.fault = 'hole';
    await until(async () => (await sell(newCommandId())).tookMs < 400);
    await town.bus.close();
    // What is sent on a connection that has just gone is in doubt; from the next on it is certain.
    await sell(newCommandId());
    const commandId = newCommandId();
    const { status, headers, body } = await sell(commandId, anOffer(), { headers: { 'accept-language': 'de-DE,de;q=0.9' } });
    await town.startBus();
    expect({ status, language: headers.get('content-language') }).toEqual({ status: 503, language: 'de' });
    expect(body).toMatchObject({
      code: 'dependency-unavailable', outcome: 'not_accepted', moneyMoved: 'no', retryable: true, commandId, saleId: saleIdOf(acme, commandId), incidentId: expect.any(String) as string,
      dependencies: ['cart/accept', expect.stringMatching(/^service-bus\//) as string], title: 'Ein Teil des Dienstes ist ausgefallen',
    });
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(JSON.stringify(body)).not.toMatch(/try again|später/i);
    await endsInOneSale(commandId);
  }, 60_000);

  it.each(['lose-send', 'lose-send-reply'] as const)('does not say whether it has a sale (%s) that the database cannot take, the till is told that nobody knows', async (fault) => {
    town.network.fault = 'hole';
    await until(async () => (await sell(newCommandId())).tookMs < 400);
    town.bus.applyFaults({ inject: [{ fault, entity: 'checkout-requests' }] });
    const commandId = newCommandId();
    expect(await sell(commandId)).toMatchObject({ status: 503, body: { code: 'accept-unknown', outcome: 'unknown', moneyMoved: 'unknown', retryable: true } });
    await endsInOneSale(commandId);
  }, 40_000);
});

describe('healthy traffic on the bus', () => {
  it('is accepted there, known at once, and refused like any other', async () => {
    const exercised = await town.serve({ busPercent: 100 });
    try {
      const commandId = newCommandId();
      const { status, body } = await sell(commandId, anOffer(), { at: exercised });
      expect({ status, via: body['acceptedVia'], pricedFrom: body['pricedFrom'] }).toEqual({ status: 202, via: 'bus', pricedFrom: undefined });
      expect((await statusOf(commandId, exercised)).body).toMatchObject({ state: 'accepted' });
      expect(await sell(newCommandId(), anOffer({ totalMinor: 1 }), { at: exercised })).toMatchObject({ status: 422, body: { code: 'total-mismatch' } });
      await endsInOneSale(commandId);
    } finally {
      await exercised.close();
    }
  }, 40_000);
});
