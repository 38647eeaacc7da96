import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { browserPath } from './browser.ts';
import { atTheCounter } from './harness.ts';
import { article } from './shop.ts';

const tea = article('TEA-01');
const cola = article('SOF-01');

atTheCounter('a till in a browser', browserPath, (shop) => {
  it('sells for cash, gives change and a numbered receipt, and the back end has the sale', async () => {
    const counter = await shop().counter();
    const before = await shop().stockOf(tea.sku);
    await counter.scan(tea.barcode);
    await counter.scan(tea.barcode);
    await counter.scan(cola.barcode);
    await counter.takeCash('20');
    await counter.pay();

    await counter.says('The sale is done');
    await counter.says('Money: taken');
    const total = 2 * tea.unitPriceMinor + cola.unitPriceMinor;
    await counter.says(`Change: £${((2_000 - total) / 100).toFixed(2)}`);
    const ending = await shop().ending(await counter.reference());
    expect(ending).toMatchObject({ state: 'completed', totalMinor: total, changeMinor: 2_000 - total });
    await counter.says(`Receipt ${ending.receiptNumber}`);
    // The store's own receipt takes the place of the till's as soon as it has been read.
    await counter.says(new RegExp(`Sale ${ending.saleId}`));
    expect(await shop().stockOf(tea.sku)).toBe(before - 2);
    await counter.close();
  });

  it('sells by card, and shows each step as it is done', async () => {
    const counter = await shop().counter();
    await counter.scan(tea.barcode);
    await counter.takeCard();
    await counter.pay();
    await counter.says('The sale is done');
    expect((await shop().ending(await counter.reference())).state).toBe('completed');
    await counter.close();
  });

  it('P04 says that a card was declined and nothing taken, and takes another card for the same goods', async () => {
    const counter = await shop().counter();
    await counter.scan(tea.barcode);
    await counter.takeCard('Card that is declined');
    await counter.pay();
    await counter.says('The payment was declined');
    await counter.says('Money: nothing was taken');
    const declined = await counter.reference();
    await counter.button('Back to the basket').click();
    await counter.takeCard('Card that is good');
    await counter.pay();
    await counter.says('The sale is done');
    expect(await counter.reference()).not.toBe(declined);
    expect([(await shop().ending(declined)).state, (await shop().ending(await counter.reference())).state]).toEqual(['declined', 'completed']);
    await counter.close();
  });

  it('says which articles are missing', async () => {
    const counter = await shop().counter();
    await counter.scan(cola.barcode);
    await counter.page.getByRole('textbox', { name: `Quantity of ${cola.description}` }).fill('999');
    await counter.button('Exact').click();
    await counter.pay();
    await counter.says('Articles are missing');
    await counter.says(new RegExp(`${cola.description}: \\d+ left`));
    await counter.says('Money: nothing was taken');
    await counter.close();
  });

  it('splits a payment between cash and card', async () => {
    const counter = await shop().counter();
    await counter.scan(tea.barcode);
    await counter.takeCash('1');
    await counter.takeCard('Card that is good');
    await counter.pay();
    await counter.says('The sale is done');
    const text = await counter.receipt();
    expect([/Cash +1\.00/.test(text), new RegExp(`Card +${((tea.unitPriceMinor - 100) / 100).toFixed(2)}`).test(text)]).toEqual([true, true]);
    await counter.close();
  });

  it('voids a line and the whole sale, finds articles by name, and refuses absurd quantities and unknown barcodes in words', async () => {
    const counter = await shop().counter();
    await counter.field('Scan or search').fill('3*tea bags, 40');
    await counter.page.keyboard.press('Enter');
    await counter.scan(cola.barcode);
    expect(await counter.page.getByTestId('total').textContent()).toBe(`£${((3 * tea.unitPriceMinor + cola.unitPriceMinor) / 100).toFixed(2)}`);
    await counter.button(`Void ${tea.description}`).click();
    expect(await counter.page.getByTestId('total').textContent()).toBe(`£${(cola.unitPriceMinor / 100).toFixed(2)}`);
    await counter.scan('9999999999994');
    await counter.says('Nothing is called “9999999999994”');
    await counter.field('Scan or search').fill(`100000*${cola.barcode}`);
    await counter.page.keyboard.press('Enter');
    await counter.says('One to 999 pieces');
    await counter.button('Void sale').click();
    await counter.says('Nothing scanned yet');
    await counter.close();
  });

  it('T01 sells once when Pay is pressed twice', async () => {
    const counter = await shop().counter();
    const before = await shop().stockOf(tea.sku);
    await counter.scan(tea.barcode);
    await counter.button('Exact').click();
    await counter.button('Pay').dblclick();
    await counter.says('The sale is done');
    expect(await shop().stockOf(tea.sku)).toBe(before - 1);
    await counter.next();
    await counter.show('Sales');
    expect(await counter.page.getByRole('button', { name: /^Show receipt/ }).count()).toBe(1);
    await counter.close();
  });

  it('says that prices have changed, and sells at the new one', async () => {
    const counter = await shop().counter();
    const egg = article('EGG-01');
    await counter.scan(egg.barcode);
    const { status } = await shop().office.call('PUT', `${shop().network.url('cart')}/v1/products`, { products: [{ ...egg, taxRateBp: 0, unitPriceMinor: egg.unitPriceMinor + 100 }] });
    expect(status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await counter.button('Exact').click();
    await counter.pay();
    await counter.says('The total is not what the lines add up to');
    await counter.button('Back to the basket').click();
    await counter.says(`Prices have changed. The total was £${(egg.unitPriceMinor / 100).toFixed(2)} and is now £${((egg.unitPriceMinor + 100) / 100).toFixed(2)}.`);
    await counter.button('Exact').click();
    await counter.pay();
    await counter.says('The sale is done');
    await counter.close();
  });

  it('sells with the keyboard alone', async () => {
    const counter = await shop().counter();
    const { keyboard } = counter.page;
    await counter.scan(tea.barcode);
    await counter.button('Exact').focus();
    await keyboard.press('Enter');
    await counter.button('Pay').focus();
    await keyboard.press('Enter');
    await counter.says('The sale is done');
    // The way on has the focus, and then the field for the next article has.
    await keyboard.press('Enter');
    await counter.isReady();
    await counter.scan(cola.barcode);
    expect(await counter.page.getByTestId('total').textContent()).toBe(`£${(cola.unitPriceMinor / 100).toFixed(2)}`);
    await counter.close();
  });

  it('T07 prints the receipt of an earlier sale again, and none for a sale that did not come about', async () => {
    const counter = await shop().counter();
    await counter.scan(tea.barcode);
    await counter.takeCard('Card that is declined');
    await counter.pay();
    await counter.says('The payment was declined');
    await counter.button('Back to the basket').click();
    await counter.button('Exact').click();
    await counter.pay();
    await counter.says('The sale is done');
    const { receiptNumber, saleId } = await shop().ending(await counter.reference());
    await counter.next();
    await counter.show('Sales');
    await counter.button(`Show receipt ${receiptNumber}`).click();
    await counter.says(new RegExp(`Sale ${saleId}`));
    expect(await counter.page.getByRole('button', { name: /^Show receipt/, includeHidden: true }).count()).toBe(1);
    await counter.close();
  });

  it('sells on with a new token when the old one expires in the middle of a sale', async () => {
    const counter = await shop().counter({ serviceWorkers: 'block' });
    const expired = { status: 401, contentType: 'application/problem+json', body: '{"code":"auth-expired","retryable":false,"outcome":"not_accepted"}' };
    await counter.context.route('**/api/cart/v1/checkouts', (route) => route.fulfill(expired), { times: 1 });
    const reference = await counter.sellForCash(tea.barcode);
    expect((await shop().ending(reference)).state).toBe('completed');
    await counter.close();
  });

  it('T11 makes no sale that it cannot keep, and says so', async () => {
    const counter = await shop().counter();
    await counter.page.evaluate("void (IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError'); })");
    const before = await shop().stockOf(tea.sku);
    await counter.scan(tea.barcode);
    await counter.button('Exact').click();
    await counter.pay();
    await counter.says('This device could not keep the sale, so it was not made. Nothing was charged.');
    expect(await shop().stockOf(tea.sku)).toBe(before);
    await counter.close();
  });

  it('T12 says that the clock of the till is wrong', async () => {
    const counter = await shop().counter();
    await counter.page.clock.setSystemTime(Date.now() + 20 * 60_000);
    await counter.sellForCash(tea.barcode);
    await counter.says(/The clock of this till is wrong by (19|20|21) minutes/);
    await counter.close();
  });

  it('is light enough to load over a shop’s line', () => {
    const assets = join(import.meta.dirname, '../../../services/web/dist/assets');
    const bytes = readdirSync(assets).reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0);
    expect(bytes).toBeLessThanOrEqual(250_000);
  });

  it('speaks German, and writes amounts as Germans do', async () => {
    const counter = await shop().counter();
    await counter.scan(tea.barcode);
    await counter.page.getByText('Deutsch').click();
    await counter.says('Bar nehmen');
    expect(await counter.page.getByTestId('total').textContent()).toMatch(/^\d,\d\d\s£$/);
    expect(await counter.page.locator('html').getAttribute('lang')).toBe('de');
    await counter.close();
  });

  it('says so when the secret of a till is wrong', async () => {
    const context = await shop().browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(shop().network.url('web'));
    await page.getByRole('textbox', { name: 'Till' }).fill('LEEDS-01-T1');
    await page.getByLabel('Secret', { exact: false }).first().fill('not-the-secret');
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.getByRole('alert').getByText('The system does not know this till').waitFor();
    await context.close();
  });
});
