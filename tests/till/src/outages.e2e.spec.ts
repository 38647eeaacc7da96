import { browserPath } from './browser.ts';
import { atTheCounter } from './harness.ts';
import { article } from './shop.ts';

const tea = article('TEA-02');
/** More than a card may pay while the till works alone: 50.00. */
const beer = article('BEE-01');

atTheCounter('a till whose back end is away', browserPath, (shop) => {
  it('T04 has made no sale when it is switched off before it has written the sale down', async () => {
    const counter = await shop().counter();
    const other = await shop().tab(counter.context);
    const before = await shop().stockOf(tea.sku);
    let sent = 0;
    await counter.context.route('**/api/cart/v1/checkouts', (route) => ((sent += 1), route.continue()));
    // The other tab is in the middle of writing, so this one has to wait with its sale.
    await other.page.evaluate("void navigator.locks.request('scanlon-till-journal', () => new Promise(() => {}))");
    await counter.scan(tea.barcode);
    await counter.button('Exact').click();
    await counter.pay();
    while ((await other.page.evaluate<number>('navigator.locks.query().then(({ pending }) => pending.filter(({ name }) => name === "scanlon-till-journal").length)')) === 0) await counter.page.waitForTimeout(50);
    expect(await counter.button('Next customer').count()).toBe(0);
    await counter.page.close();
    await other.page.close();

    const again = await shop().tab(counter.context);
    const reference = await again.sellForCash(tea.barcode);
    expect((await shop().ending(reference)).state).toBe('completed');
    await again.show('Sales');
    expect(await again.page.getByRole('button', { name: /^Show receipt/ }).count()).toBe(1);
    expect([sent > 0, await shop().stockOf(tea.sku)]).toEqual([true, before - 1]);
    await again.close();
  });

  it('T05 sells on without a line, survives a reload without one, and sends when the line is back', async () => {
    const counter = await shop().counter();
    await counter.page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await counter.context.setOffline(true);
    const before = await shop().stockOf(tea.sku);
    await counter.scan(tea.barcode);
    await counter.button('Exact').click();
    await counter.pay();
    await counter.says('The sale is kept at this till');
    await counter.says('Money: taken');
    expect(await counter.receipt()).toContain('Provisional receipt LEEDS-01-T1-000001');
    const reference = await counter.reference();

    await counter.page.reload();
    await counter.says('The sale is kept at this till');
    await counter.next();
    await counter.context.setOffline(false);

    expect(await shop().ending(reference)).toMatchObject({ state: 'completed', totalMinor: tea.unitPriceMinor });
    expect(await shop().stockOf(tea.sku)).toBe(before - 1);
    await counter.show('Sales');
    await counter.says('Done');
    await counter.close();
  });

  it.each([
    ['answers 500', { status: 500, contentType: 'application/problem+json', body: '{"code":"internal","retryable":true,"outcome":"unknown"}' }],
    ['answers with somebody else’s page', { status: 200, contentType: 'text/html', body: '<h1>Welcome to our Wi-Fi</h1>' }],
    ['answers 404', { status: 404, contentType: 'text/plain', body: 'no such site' }],
  ])('keeps a sale when the back end %s, and sends it once it answers rightly', async (_what, answer) => {
    const counter = await shop().counter({ serviceWorkers: 'block' });
    await counter.context.route('**/api/cart/v1/checkouts', (route) => route.fulfill(answer));
    await counter.scan(tea.barcode);
    await counter.takeCard();
    await counter.pay();
    await counter.says('The sale is kept at this till');
    await counter.says('Money: cash in the drawer, card not yet charged');
    const reference = await counter.reference();
    await counter.context.unroute('**/api/cart/v1/checkouts');
    expect((await shop().ending(reference)).state).toBe('completed');
    await counter.close();
  });

  it('keeps a sale when the back end is silent', async () => {
    const counter = await shop().counter({ serviceWorkers: 'block' });
    await counter.context.route('**/api/cart/v1/checkouts', () => undefined);
    await counter.scan(tea.barcode);
    await counter.button('Exact').click();
    await counter.pay();
    await counter.says('The sale is kept at this till');
    await counter.context.unroute('**/api/cart/v1/checkouts');
    expect((await shop().ending(await counter.reference())).state).toBe('completed');
    await counter.close();
  });

  it('takes no card above the limit while it works alone, and says that nothing was charged', async () => {
    const counter = await shop().counter({ serviceWorkers: 'block' });
    await counter.context.route('**/api/cart/v1/checkouts', (route) => route.abort());
    const kept = await counter.sellForCash(tea.barcode);
    await counter.field('Scan or search').fill(`20*${beer.barcode}`);
    await counter.page.keyboard.press('Enter');
    await counter.takeCard();
    await counter.pay();
    await counter.says('this is more than a card may pay while the till works alone. Nothing was charged. Take cash.');
    const inCash = await counter.keepForCashInstead();
    await counter.context.unroute('**/api/cart/v1/checkouts');
    expect([(await shop().ending(kept)).state, (await shop().ending(inCash)).state]).toEqual(['completed', 'completed']);
    await counter.close();
  });

  it('says “do not charge again” while nobody knows of a card above the limit, until it is known', async () => {
    const counter = await shop().counter({ serviceWorkers: 'block' });
    // The answer is lost, the sale is not: exactly what must not be charged twice.
    await counter.context.route('**/api/cart/v1/checkouts', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await counter.field('Scan or search').fill(`20*${beer.barcode}`);
    await counter.page.keyboard.press('Enter');
    await counter.takeCard();
    await counter.pay();
    await counter.says('It is not known yet whether the card was charged');
    await counter.says('Do not charge again');
    const reference = await counter.reference();
    await counter.context.unroute('**/api/cart/v1/checkouts');
    await counter.says('The sale is done');
    expect(await shop().ending(reference)).toMatchObject({ state: 'completed', totalMinor: 20 * beer.unitPriceMinor });
    await counter.close();
  });

  it('T06 finds its sale again when the page is loaded anew in the middle of it', async () => {
    const counter = await shop().counter();
    const before = await shop().stockOf(tea.sku);
    await counter.scan(tea.barcode);
    await counter.takeCard('Card that is slow');
    await counter.pay();
    await counter.says('The sale is under way');
    const reference = await counter.reference();
    await counter.page.reload();
    await counter.says('The sale is done');
    expect(await counter.reference()).toBe(reference);
    expect(await shop().stockOf(tea.sku)).toBe(before - 1);
    await counter.close();
  });

  it('numbers and sends the sales of two tabs as one till, and goes on when the sending one is closed', async () => {
    const first = await shop().counter();
    const second = await shop().tab(first.context);
    const references = [await first.sellForCash(tea.barcode), await second.sellForCash(tea.barcode)];
    await first.page.close();
    references.push(await second.sellForCash(tea.barcode));
    const endings = await Promise.all(references.map((reference) => shop().ending(reference)));
    expect(endings.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed']);
    await second.show('Sales');
    expect(await second.page.getByRole('button', { name: /^Show receipt/ }).count()).toBe(3);
    await second.close();
  });

  it('loses and repeats none of ten sales when the plug of the back end is pulled in the middle of them', async () => {
    const counter = await shop().counter();
    const before = await shop().stockOf(tea.sku);
    const references: string[] = [];
    for (let sale = 0; sale < 10; sale += 1) {
      // In the middle of a sale: it has been sent, and its answer may or may not have come.
      const pulled = sale === 4 ? shop().network.kill('cart', 'orchestrator', 'payment', 'inventory', 'receipt') : undefined;
      references.push(await counter.sellForCash(tea.barcode));
      await pulled;
    }
    await shop().network.restart('cart', 'orchestrator', 'payment', 'inventory', 'receipt');

    const endings = await Promise.all(references.map((reference) => shop().ending(reference, 120_000)));
    expect(endings.map(({ state }) => state)).toEqual(references.map(() => 'completed'));
    expect(new Set(endings.map(({ receiptNumber }) => receiptNumber)).size).toBe(10);
    expect(await shop().stockOf(tea.sku)).toBe(before - 10);
    await counter.page.getByRole('status').getByText('Connected').waitFor();
    await counter.close();
  });

  it('T10 notices that its journal was changed, does not send what was, and sells on', async () => {
    const counter = await shop().counter({ serviceWorkers: 'block' });
    await counter.context.route('**/api/cart/v1/checkouts', (route) => route.abort());
    await counter.sellForCash(tea.barcode);
    await counter.page.evaluate(`new Promise((done) => { const open = indexedDB.open('scanlon-till'); open.onsuccess = () => { const store = open.result.transaction('journal', 'readwrite').objectStore('journal');
      store.get(1).onsuccess = ({ target }) => { target.result.fact.body.totalMinor = 1; store.put(target.result).onsuccess = done; }; }; }).then(() => undefined)`);
    await counter.context.unroute('**/api/cart/v1/checkouts');
    await counter.page.reload();
    await counter.isReady();
    await counter.says('was changed from outside, at entry 1');
    const good = await counter.sellForCash(tea.barcode);
    expect((await shop().ending(good)).state).toBe('completed');
    await counter.show('Sales');
    await counter.says('Needs a person');
    await counter.close();
  });
});
