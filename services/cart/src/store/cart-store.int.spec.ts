import { join as joinPath } from 'node:path';
import { checkout, type http, type Message } from '@checkout/contracts';
import { saleIdOf, uuidv7, type CommandId, type SaleId, type Sku, type StoreId, type TenantId } from '@checkout/kernel';
import { Conflict, Database, join, sql } from '@checkout/sql';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';
import { acceptCheckout, type AcceptCheckout } from '../application/accept-checkout.ts';
import { changeLine } from '../application/change-line.ts';
import { cancelCheckout, completeCheckout } from '../application/end-checkout.ts';
import { listOfflineSales, pageSize } from '../application/list-offline-sales.ts';
import { openBasket } from '../application/open-basket.ts';
import type { CartHandler, Change, Need, Rows } from '../application/ports.ts';
import { parkSale, type ParkSale } from '../application/park-sale.ts';
import { registerCheckout } from '../application/register-checkout.ts';
import { saveProducts } from '../application/save-products.ts';
import { saveStores } from '../application/save-stores.ts';
import { scanArticle, type Article } from '../application/scan-article.ts';
import { takeUpSale } from '../application/take-up-sale.ts';
import { waitsForMs } from '../domain/parked-sale.ts';
import { acme, aHash, anOffer, aStore, decideOn, leeds, newCommandId, noon, pen, shortOfTea, soap, soldFrom, tea, till } from '../testing.ts';
import { CartStore } from './cart-store.ts';
import { RecentCatalogue } from './recent-catalogue.ts';
import { SqlBaskets } from './sql-baskets.ts';
import { SqlCatalogueReader, SqlProducts } from './sql-catalogue.ts';
import { SqlParkedSales } from './sql-parked-sales.ts';
import { SqlCheckouts } from './sql-checkouts.ts';

let server: TestDatabase;
let database: Database;
let now = 0;
const recent = new RecentCatalogue(() => now);
const store = new CartStore(recent);

beforeAll(async () => {
  server = await startTestDatabase([joinPath(import.meta.dirname, 'migrations')], 'cart');
  database = Database.open({ connectionString: server.connectionString, name: 'cart' });
});
afterAll(async () => {
  await database?.close();
  await server?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  now += 10_000;
  await database.commit(sql`DELETE FROM checkout; DELETE FROM basket_line; DELETE FROM basket; DELETE FROM product; DELETE FROM store; DELETE FROM parked_sale;`);
  await batch(storesSaved(aStore()), productsSaved(tea, soap, pen));
});

/** One message and its handler. */
interface Step {
  readonly needs: readonly Need[];
  decide(rows: Rows): { readonly changes?: readonly Change[]; readonly answer?: unknown };
}
const step = <M extends Message, Answer>(handler: CartHandler<M, Answer>, message: M): Step => ({ needs: handler.needs(message), decide: (rows) => decideOn(rows, handler, message) });

const storesSaved = (...stores: readonly http.Store[]) => step(saveStores, { type: 'cart.save-stores', body: { tenantId: acme, stores } });
const productsSaved = (...products: readonly http.Product[]) => step(saveProducts, { type: 'cart.save-products', body: { tenantId: acme, products } });
const accepted = (commandId: CommandId, overrides: Partial<http.CheckoutBody> = {}, tenantId: TenantId = acme) =>
  step(acceptCheckout, { type: 'cart.accept-checkout', body: { tenantId, storeId: leeds, tillId: till, commandId, bodyHash: aHash('h'), offer: anOffer(overrides) } } satisfies AcceptCheckout);
const opened = (basketId: SaleId) => step(openBasket, { type: 'cart.open-basket', body: { tenantId: acme, storeId: leeds, basketId } });
const scanned = (basketId: SaleId, article: Article, quantity = 1) => step(scanArticle, { type: 'cart.scan-article', body: { tenantId: acme, storeId: leeds, basketId, article, quantity } });
const changed = (basketId: SaleId, sku: Sku, quantity: number) => step(changeLine, { type: 'cart.change-line', body: { tenantId: acme, storeId: leeds, basketId, sku, quantity } });
const completed = (commandId: CommandId, totalMinor = 598) =>
  step(completeCheckout, checkout.CheckoutCompleted({ tenantId: acme, storeId: leeds, saleId: uuidv7() as SaleId, commandId, tillId: till, currency: 'GBP', totalMinor, receiptNumber: 'S-000042', changeMinor: 2 }));
const cancelled = (commandId: CommandId) => step(cancelCheckout, checkout.CheckoutCancelled({ tenantId: acme, storeId: leeds, saleId: uuidv7() as SaleId, commandId, tillId: till, currency: 'GBP', totalMinor: 598, reason: shortOfTea }));

/** Loads what the steps look at, as the pipeline does: one round trip for all of them. */
async function load(...steps: readonly Step[]): Promise<Rows> {
  const { select, recordsets, toRows } = store.load(steps.flatMap(({ needs }) => needs));
  return toRows(recordsets.length === 0 ? [] : await database.queries(recordsets, select));
}

const decide = (rows: Rows, steps: readonly Step[]) => steps.map((each) => each.decide(rows));

async function write(changes: readonly Change[]): Promise<void> {
  await database.commit(join([...store.write(changes)]));
  store.forget(changes);
}

/** One batch: one load, one commit. Gives the answers. */
async function batch(...steps: readonly Step[]): Promise<unknown[]> {
  const decisions = decide(await load(...steps), steps);
  await write(decisions.flatMap(({ changes = [] }) => changes));
  return decisions.map(({ answer }) => answer);
}

const checkouts = () => new SqlCheckouts(database);
const baskets = () => new SqlBaskets(database);
const products = () => new SqlProducts(database);
const newBasketId = () => uuidv7() as SaleId;

describe('parked baskets in the database', () => {
  const park = (parkedId: SaleId) => step(parkSale, { type: 'cart.park-sale', body: { tenantId: acme, storeId: leeds, tillId: till, parkedId, basket: { name: 'Jörg', currency: 'GBP', lines: [soldFrom(soap, 2)] } } } satisfies ParkSale);
  const takeUp = (parkedId: SaleId, takeUpId: string) => step(takeUpSale, { type: 'cart.take-up-sale', body: { tenantId: acme, storeId: leeds, tillId: till, parkedId, takeUpId } });
  const waiting = (at = noon) => new SqlParkedSales(database).waiting(acme, leeds, at);

  it('come back as they were parked, until they are taken up', async () => {
    const [one, two] = [newBasketId(), newBasketId()];
    const answers = await batch(park(one), park(two));
    expect(await waiting()).toEqual(answers);
    await batch(takeUp(one, 'press 1'));
    expect(await waiting()).toMatchObject([{ parkedId: two, number: 2, name: 'Jörg', lines: [soldFrom(soap, 2)] }]);
    expect(await waiting(noon + waitsForMs)).toEqual([]);
  });

  it('go to one of two tills that ask two instances at once, and the other is told who has it', async () => {
    const parkedId = newBasketId();
    await batch(park(parkedId));
    const [here, there] = [await load(takeUp(parkedId, 'here')), await load(takeUp(parkedId, 'there'))];
    const changesOf = (rows: Rows, as: string) => decide(rows, [takeUp(parkedId, as)]).flatMap(({ changes = [] }) => changes);
    await write(changesOf(here, 'here'));
    await expect(write(changesOf(there, 'there'))).rejects.toMatchObject({ name: Conflict.name, on: 'parked sale' });
    expect(await batch(takeUp(parkedId, 'there'))).toEqual([{ kind: 'taken', by: till, at: noon }]);
  });

  it('never get one number twice from two instances', async () => {
    const [one, two] = [newBasketId(), newBasketId()];
    const [here, there] = [await load(park(one)), await load(park(two))];
    const changesOf = (rows: Rows, id: SaleId) => decide(rows, [park(id)]).flatMap(({ changes = [] }) => changes);
    await write(changesOf(here, one));
    await expect(write(changesOf(there, two))).rejects.toMatchObject({ name: Conflict.name, on: 'ux_parked_sale_number' });
    expect(await batch(park(two))).toMatchObject([{ number: 2 }]);
  });
});

describe('sales that had left the shop', () => {
  const leftShop = { soldAt: '2026-01-05T11:00:00.000Z', provisionalNumber: 'LEEDS-01-T1-000007', taxMode: 'inclusive', lines: [{ ...soldFrom(tea, 2), unitPriceMinor: 300 }] } as const;
  const gone = (commandId: CommandId) => accepted(commandId, { totalMinor: 600, leftShop: { ...leftShop, lines: [...leftShop.lines] } });

  it('are listed with their flags and with what there was too little of, newest first, page by page', async () => {
    const [first, second] = [newCommandId(), newCommandId()];
    await batch(gone(first), accepted(newCommandId()));
    await batch(step(completeCheckout, checkout.CheckoutCompleted({ tenantId: acme, storeId: leeds, saleId: uuidv7() as SaleId, commandId: first, tillId: till, currency: 'GBP', totalMinor: 600, receiptNumber: 'S-000001', changeMinor: 0, shortages: [...(shortOfTea.shortages ?? [])] })));
    await batch(accepted(second, { totalMinor: 600, leftShop: { ...leftShop, soldAt: '2026-01-05T11:30:00.000Z', lines: [...leftShop.lines] } }));

    expect(await checkouts().page(acme, leeds, undefined)).toMatchObject([
      { commandId: second, leftShop: { soldAt: '2026-01-05T11:30:00.000Z', flags: ['price-changed'] } },
      { commandId: first, leftShop: { soldAt: leftShop.soldAt, provisionalNumber: 'LEEDS-01-T1-000007' }, ending: { state: 'completed', shortages: shortOfTea.shortages } },
    ]);
    expect(await checkouts().page(acme, undefined, { soldAt: Date.parse('2026-01-05T11:30:00.000Z'), commandId: undefined })).toMatchObject([{ commandId: first }]);
    expect(await checkouts().page(acme, 'YORK-01' as StoreId, undefined)).toEqual([]);
  });

  it('T13 are all taken when a till gives a number twice or leaves one out, and those of one number are flagged', async () => {
    const of = (provisionalNumber: string) => accepted(newCommandId(), { totalMinor: 600, leftShop: { ...leftShop, soldAt: '2026-01-06T11:00:00.000Z', provisionalNumber, lines: [...leftShop.lines] } });
    await batch(of('LEEDS-01-T1-000101'), of('LEEDS-01-T1-000102'), of('LEEDS-01-T1-000109'));
    await batch(of('LEEDS-01-T1-000102'));

    const { sales } = await listOfflineSales(checkouts(), acme, leeds, undefined);
    expect(sales.filter(({ soldAt }) => soldAt.startsWith('2026-01-06')).map(({ provisionalNumber, flags }) => `${provisionalNumber} ${flags.includes('number-repeated') ? 'repeated' : 'alone'}`).toSorted()).toEqual([
      'LEEDS-01-T1-000101 alone', 'LEEDS-01-T1-000102 repeated', 'LEEDS-01-T1-000102 repeated', 'LEEDS-01-T1-000109 alone',
    ]);
  });

  it('are all on some page, also when a page ends among those of one moment', async () => {
    const ids = Array.from({ length: pageSize + 50 }, newCommandId);
    await batch(...ids.map(gone));
    const listed: string[] = [];
    let page = await listOfflineSales(checkouts(), acme, leeds, undefined);
    for (; page.next !== undefined; page = await listOfflineSales(checkouts(), acme, leeds, page.next)) listed.push(...page.sales.map(({ commandId }) => commandId));
    listed.push(...page.sales.map(({ commandId }) => commandId));
    expect(listed).toHaveLength(new Set(listed).size);
    expect(ids.filter((id) => !listed.includes(id))).toEqual([]);
  });
});

describe('checkouts in the database', () => {
  it('come back as they were accepted', async () => {
    const [one, two] = [newCommandId(), newCommandId()];
    const answers = await batch(accepted(one), accepted(two, { lines: [{ sku: soap.sku, quantity: 1 }], totalMinor: 450 }));
    expect(answers).toMatchObject([{ kind: 'accepted', checkout: await checkouts().find(acme, one) }, { kind: 'accepted', checkout: await checkouts().find(acme, two) }]);
  });

  it('are found by the same command again, in another batch and in the same', async () => {
    const commandId = newCommandId();
    await batch(accepted(commandId));
    expect(await batch(accepted(commandId), accepted(commandId, { totalMinor: 598 }))).toMatchObject([{ kind: 'replayed' }, { kind: 'replayed' }]);
  });

  it('Q38 are one row, even when two instances accept the same command at once', async () => {
    const commandId = newCommandId();
    const [here, there] = [await load(accepted(commandId)), await load(accepted(commandId))];
    const changesOf = (rows: Rows) => decide(rows, [accepted(commandId)]).flatMap(({ changes = [] }) => changes);
    await write(changesOf(here));
    await expect(write(changesOf(there))).rejects.toMatchObject({ name: Conflict.name, on: 'pk_checkout' });
  });

  it('end with a receipt, or with a reason', async () => {
    const [paid, short] = [newCommandId(), newCommandId()];
    await batch(accepted(paid), accepted(short));
    await batch(completed(paid), cancelled(short));
    expect(await checkouts().find(acme, paid)).toMatchObject({ version: 2, tillId: till, ending: { state: 'completed', receiptNumber: 'S-000042', changeMinor: 2, endedAt: noon } });
    expect(await checkouts().find(acme, short)).toMatchObject({ ending: { state: 'rejected', reason: shortOfTea } });
  });

  it('end as the sale that was made, when the command had asked for another one over the bus', async () => {
    const commandId = newCommandId();
    await batch(accepted(commandId));
    await batch(completed(commandId, 1_000));
    const found = await checkouts().find(acme, commandId);
    expect(found).toMatchObject({ totalMinor: 1_000, ending: { state: 'completed' } });
    expect(found).not.toHaveProperty('bodyHash');
  });

  it('end once, whoever tells it first', async () => {
    const commandId = newCommandId();
    await batch(accepted(commandId));
    const stale = await load(cancelled(commandId));
    await batch(completed(commandId));
    await expect(write(decide(stale, [cancelled(commandId)]).flatMap(({ changes = [] }) => changes))).rejects.toMatchObject({ name: Conflict.name, on: expect.stringContaining('checkout') });
    expect(await checkouts().find(acme, commandId)).toMatchObject({ ending: { state: 'completed' } });
  });

  it('that came straight over the bus are remembered by their end', async () => {
    const commandId = newCommandId();
    await batch(completed(commandId));
    await batch(completed(commandId));
    expect(await checkouts().find(acme, commandId)).toMatchObject({ version: 1, currency: 'GBP', ending: { state: 'completed' } });
  });

  it('that have ended are found among many', async () => {
    const [open, paid] = [newCommandId(), newCommandId()];
    await batch(accepted(open), accepted(paid));
    await batch(completed(paid));
    const found = await checkouts().endedAmong([open, paid, newCommandId()].map((commandId) => ({ tenantId: acme, commandId })));
    expect(found.map(({ commandId }) => commandId)).toEqual([paid]);
  });

  it('belong to their tenant', async () => {
    const commandId = newCommandId();
    await batch(accepted(commandId));
    expect(await checkouts().find('other' as TenantId, commandId)).toBeUndefined();
    expect(await batch(accepted(commandId, {}, 'other' as TenantId))).toMatchObject([{ code: 'store-unknown' }]);
  });
});

describe('baskets in the database', () => {
  it('come back with their lines in the order of the scans', async () => {
    const basketId = newBasketId();
    await batch(opened(basketId));
    await batch(scanned(basketId, { sku: pen.sku }), scanned(basketId, { barcode: '5012345678900' }, 2));
    await batch(scanned(basketId, { sku: soap.sku }), scanned(basketId, { sku: pen.sku }, 4));
    const basket = await baskets().find(acme, basketId);
    expect(basket?.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([['PEN-1', 5], ['TEA-80', 2], ['SOAP-4', 1]]);
    expect(basket).toMatchObject({ version: 5, storeId: leeds, currency: 'GBP', taxMode: 'inclusive' });
  });

  it('opened, filled and changed in one batch are written as they ended', async () => {
    const basketId = newBasketId();
    await batch(opened(basketId), scanned(basketId, { sku: tea.sku }), scanned(basketId, { sku: pen.sku }, 3), changed(basketId, tea.sku, 0), changed(basketId, pen.sku, 2));
    expect((await baskets().find(acme, basketId))?.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([['PEN-1', 2]]);
  });

  it('lose a line that was removed', async () => {
    const basketId = newBasketId();
    await batch(opened(basketId), scanned(basketId, { sku: tea.sku }), scanned(basketId, { sku: pen.sku }));
    await batch(changed(basketId, tea.sku, 0));
    expect((await baskets().find(acme, basketId))?.lines.map(({ sku }) => sku)).toEqual(['PEN-1']);
  });

  it('are not changed by two at once', async () => {
    const basketId = newBasketId();
    await batch(opened(basketId));
    const stale = await load(scanned(basketId, { sku: tea.sku }));
    await batch(scanned(basketId, { sku: pen.sku }));
    await expect(write(decide(stale, [scanned(basketId, { sku: tea.sku })]).flatMap(({ changes = [] }) => changes))).rejects.toMatchObject({ name: Conflict.name, on: expect.stringContaining('basket') });
  });

  it('are held closed by their checkout, and opened again when it comes to nothing', async () => {
    const basketId = newBasketId();
    const commandId = newCommandId();
    await batch(opened(basketId), scanned(basketId, { sku: tea.sku }, 2));
    await batch(accepted(commandId, { basketId }));
    expect(await baskets().find(acme, basketId)).toMatchObject({ commandId });
    await batch(cancelled(commandId));
    const basket = await baskets().find(acme, basketId);
    expect(basket).not.toHaveProperty('commandId');
    expect(basket?.lines).toHaveLength(1);
    expect(await batch(accepted(newCommandId(), { basketId }))).toMatchObject([{ kind: 'accepted' }]);
  });
});

describe('the catalogue in the database', () => {
  it('comes back as it was saved, by SKU and by barcode', async () => {
    expect(await products().find(acme, tea.sku)).toEqual(tea);
    expect(await products().find(acme, pen.sku)).toEqual(pen);
    expect(await products().withBarcode(acme, '5012345678917')).toEqual([soap]);
    expect(await products().withBarcode('other' as TenantId, '5012345678917')).toEqual([]);
    expect(await products().page('other' as TenantId, leeds, undefined)).toBeUndefined();
  });

  it('takes new prices and new products in one page', async () => {
    const dearer = { ...tea, unitPriceMinor: 310 };
    const mug: http.Product = { sku: 'MUG-1' as Sku, barcode: '5012345678924', description: 'Mug “Größe”', unitPriceMinor: 700, taxRateBp: 2000 };
    await batch(productsSaved(dearer, mug));
    expect([await products().find(acme, tea.sku), await products().find(acme, mug.sku)]).toEqual([dearer, mug]);
  });

  it('lets a barcode move once its old owner has given it up', async () => {
    const { barcode: _given, ...without } = tea;
    await batch(productsSaved(without));
    expect(await batch(productsSaved({ ...pen, barcode: '5012345678900' }))).toMatchObject([{ kind: 'saved' }]);
    expect(await products().withBarcode(acme, '5012345678900')).toMatchObject([{ sku: pen.sku }]);
  });

  it('never gives one barcode to two products, even when two instances do so at once', async () => {
    const [here, there] = [productsSaved({ ...pen, barcode: '5012345678999' }), productsSaved({ ...soap, barcode: '5012345678999' })];
    const stale = await load(there);
    await batch(here);
    await expect(write(decide(stale, [there]).flatMap(({ changes = [] }) => changes))).rejects.toMatchObject({ name: Conflict.name, on: 'ux_product_barcode' });
  });

  it('is read once for many sales, and anew after two seconds or a change made here', async () => {
    const tables = (...steps: readonly Step[]) => store.load(steps.flatMap(({ needs }) => needs)).recordsets.length;
    const sale = accepted(newCommandId());
    expect(tables(sale)).toBe(3);
    await batch(sale);
    expect(tables(sale)).toBe(1);
    await batch(productsSaved({ ...tea, unitPriceMinor: 310 }));
    expect(tables(sale)).toBe(2);
    await batch(accepted(newCommandId(), { totalMinor: 620 }));
    now += 2_001;
    expect(tables(sale)).toBe(3);
  });
});

describe('a sale that came past the database', () => {
  it('is kept with its route and the date of its prices, and closes its basket', async () => {
    const commandId = newCommandId();
    const basketId = uuidv7() as SaleId;
    await batch(step(openBasket, { type: 'cart.open-basket', body: { tenantId: acme, storeId: leeds, basketId } }));
    await batch(step(registerCheckout, checkout.CheckoutStarted({
      tenantId: acme, storeId: leeds, saleId: saleIdOf(acme, commandId), commandId, tillId: till, currency: 'GBP', totalMinor: 598, basketId,
      requestedAt: new Date(noon).toISOString(), requestHash: aHash('asked'), pricedFrom: { snapshotAt: new Date(noon - 60_000).toISOString() },
    })));
    expect(await new SqlCheckouts(database).find(acme, commandId)).toMatchObject({ acceptedVia: 'bus', pricedAt: noon - 60_000, bodyHash: aHash('asked'), basketId, version: 1 });
    expect(await new SqlBaskets(database).find(acme, basketId)).toMatchObject({ commandId });
  });
});

describe('the whole catalogue of a tenant', () => {
  it('is read page by page, and is of that tenant only', async () => {
    const many = Array.from({ length: 1_500 }, (_, index) => ({ ...pen, sku: `PEN-${String(index).padStart(4, '0')}` as Sku }));
    await batch(productsSaved(...many.slice(0, 1_000)));
    await batch(productsSaved(...many.slice(1_000)));
    const whole = await new SqlCatalogueReader(database).whole(acme);
    expect([whole.products.size, whole.products.get('PEN-1499' as Sku), whole.stores.get(leeds)]).toEqual([1_503, many[1_499], aStore()]);
    expect((await new SqlCatalogueReader(database).whole('other' as TenantId)).products.size).toBe(0);
  });
});
