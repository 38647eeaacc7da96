import type { http } from '@checkout/contracts';
import { browserPath } from './browser.ts';
import type { Counter } from './counter.ts';
import { atTheCounter } from './harness.ts';
import { article } from './shop.ts';

const tea = article('TEA-02');
const checkouts = '**/api/cart/v1/checkouts';
const isKept = '(() => new Promise((done) => { const open = indexedDB.open("scanlon-till"); open.onsuccess = () => { const get = open.result.transaction("kept").objectStore("kept").get("limits"); get.onsuccess = () => done(get.result !== undefined); }; }))()';

/** Waits until the back end's limits are on the device. */
async function hasLimits(counter: Counter): Promise<void> {
  while (!(await counter.page.evaluate<boolean>(isKept))) await counter.page.waitForTimeout(100);
}

/** Writes into the device what the back end has not signed. */
const edited = (how: string): string => `(() => new Promise((done) => { const open = indexedDB.open("scanlon-till"); open.onsuccess = () => { const store = open.result.transaction("kept", "readwrite").objectStore("kept");
  store.get("limits").onsuccess = ({ target }) => { const signed = target.result; ${how}; store.put(signed, "limits").onsuccess = () => done(true); }; }; }))()`;

atTheCounter('a till that sells alone', browserPath, (shop) => {
  const offlineSale = async (commandId: string): Promise<http.OfflineSale | undefined> =>
    (await shop().office.call<{ sales: http.OfflineSale[] }>('GET', `${shop().network.url('cart')}/v1/offline-sales`)).body.sales.find((sale) => sale.commandId === commandId);

  it('has its sales taken as they were sold, though prices have changed and the shelf is empty; what is wrong is flagged', async () => {
    const rare = article('WIN-01');
    const counter = await shop().counter({ serviceWorkers: 'block' });
    await counter.context.route(checkouts, (route) => route.abort());
    const left = await shop().stockOf(rare.sku);
    await counter.field('Scan or search').fill(`${Math.min(999, left + 2)}*${rare.barcode}`);
    await counter.page.keyboard.press('Enter');
    await counter.button('Exact').click();
    await counter.pay();
    await counter.says('The sale is kept at this till');
    const reference = await counter.reference();
    await shop().office.call('PUT', `${shop().network.url('cart')}/v1/products`, { products: [{ ...rare, taxRateBp: 2_000, unitPriceMinor: rare.unitPriceMinor + 100 }] });
    await counter.page.waitForTimeout(2_500);
    await counter.context.unroute(checkouts);

    expect(await shop().ending(reference)).toMatchObject({ state: 'completed', totalMinor: (left + 2) * rare.unitPriceMinor });
    expect(await shop().stockOf(rare.sku)).toBe(-2);
    expect(await offlineSale(reference)).toMatchObject({ state: 'completed', provisionalNumber: 'LEEDS-01-T1-000001', flags: ['price-changed', 'out-of-stock'], shortages: [{ sku: rare.sku, wanted: left + 2, available: left }] });
    await counter.close();
  });

  it.each([
    ['were changed', 'const [head, , tail] = signed.token.split("."); signed.token = [head, btoa(JSON.stringify({ aud: "till", sub: "LEEDS-01-T1", perSaleMinor: 1e8, sumMinor: 1e8, count: 1e6, ageMs: 1e12, exp: 4e9 })), tail].join(".")', 'were changed from outside, so they do not count. Until the back end answers it takes cash only.'],
    ['are gone', 'delete signed.token; signed.token = ""', 'so they do not count. Until the back end answers it takes cash only.'],
  ])('takes cash alone when its limits for cards %s, and says why', async (_what, how, why) => {
    const counter = await shop().counter({ serviceWorkers: 'block' });
    await hasLimits(counter);
    await counter.page.evaluate(edited(how));
    await counter.context.route('**/api/cart/**', (route) => route.abort());
    await counter.page.reload();
    await counter.isReady();
    const kept = await counter.sellForCash(tea.barcode);
    await counter.says(why);
    await counter.scan(tea.barcode);
    await counter.takeCard();
    await counter.pay();
    await counter.says('this till has no valid limits for cards. Nothing was charged. Take cash.');
    const inCash = await counter.keepForCashInstead();
    await counter.context.unroute('**/api/cart/**');
    expect([(await shop().ending(kept)).state, (await shop().ending(inCash)).state]).toEqual(['completed', 'completed']);
    await counter.close();
  });

  it('T09 takes cash alone when its limits have ended', async () => {
    const counter = await shop().counter({ serviceWorkers: 'block' });
    await hasLimits(counter);
    await counter.context.route('**/api/cart/**', (route) => route.abort());
    await counter.page.clock.setSystemTime(Date.now() + 73 * 3_600_000);
    await counter.page.reload();
    await counter.isReady();
    await counter.sellForCash(tea.barcode);
    await counter.says('The limits for cards that this till was told have ended.');
    await counter.close();
  });

  it('sells on while nobody can sign in, and sends when the identity provider is back', async () => {
    const counter = await shop().counter({ serviceWorkers: 'block' });
    // The old token is thrown away with the page, and no new one can be had.
    await counter.context.route('**/api/identity/**', (route) => route.fulfill({ status: 503, body: 'out of order' }));
    await counter.page.reload();
    await counter.isReady();
    const references = [await counter.sellForCash(tea.barcode), await counter.sellForCash(tea.barcode)];
    await counter.says('The back end does not answer. Sales go on and are kept at this till.');
    await counter.context.unroute('**/api/identity/**');
    expect((await Promise.all(references.map((reference) => shop().ending(reference)))).map(({ state }) => state)).toEqual(['completed', 'completed']);
    await counter.close();
  });

  it('starts without a line once it has been visited, and sells', async () => {
    const first = await shop().counter();
    await first.page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await first.page.close();
    await first.context.setOffline(true);
    const counter = await shop().tab(first.context);
    const reference = await counter.sellForCash(tea.barcode);
    await first.context.setOffline(false);
    expect((await shop().ending(reference)).state).toBe('completed');
    await counter.close();
  });
});
