import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitOnSignals } from '@checkout/local-network';
import { browserPath } from './browser.ts';
import type { Counter } from './counter.ts';
import { article, Shop } from './shop.ts';

const directory = join(import.meta.dirname, '../../../dist/screens');

if (browserPath === undefined) {
  process.stderr.write('No Chromium was found. Install Debian\'s package "chromium", or set CHROMIUM to where it is.\n');
  process.exit(1);
}
mkdirSync(directory, { recursive: true });
exitOnSignals();
const shop = await Shop.open();
try {
  const page = await shop.browser.newPage({ locale: 'en-GB' });
  await page.goto(shop.network.url('web'));
  await page.getByRole('button', { name: 'Set up' }).waitFor();
  await page.screenshot({ path: join(directory, '1-set-up.png') });
  await page.close();

  const counter = await shop.counter({ serviceWorkers: 'block' });
  await counter.show('Shift');
  await photograph(counter, '2-shift-to-be-opened');
  await counter.openShift('100');
  await counter.show('Sell');
  await counter.field('Scan or search').fill('tea');
  await photograph(counter, '3-search');
  await fill(counter);
  await counter.takeCash('5');
  await photograph(counter, '4-basket');
  await counter.takeCard();
  await counter.pay();
  await counter.says('The sale is done');
  await photograph(counter, '5-done');
  await counter.next();

  await park(counter);
  await fill(counter);
  await counter.takeCard('Card that is declined');
  await counter.pay();
  await counter.says('The payment was declined');
  await photograph(counter, '8-declined');
  await counter.button('Back to the basket').click();
  await counter.context.route('**/api/cart/v1/checkouts', (route) => route.abort());
  await counter.button('Exact').click();
  await counter.pay();
  await counter.says('The sale is kept at this till');
  await photograph(counter, '9-kept-at-the-till');
  await counter.next();
  await counter.show('Sales');
  await photograph(counter, '10-sales');
  await refund(counter);
  await shift(counter);
  await inGerman(counter);
  await counter.close();
  process.stdout.write(`Written to ${directory}\n`);
} finally {
  await shop.close();
}

async function park(counter: Counter): Promise<void> {
  await counter.scan(article('COF-01').barcode);
  await counter.park('red scarf');
  await counter.says(/Parked under number/);
  await photograph(counter, '6-parked');
  await counter.page.getByRole('button', { name: /^Parked baskets/ }).click();
  await counter.page.getByRole('button', { name: /^Take up/ }).waitFor();
  await photograph(counter, '7-parked-baskets');
  await counter.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
}

async function refund(counter: Counter): Promise<void> {
  await counter.show('Refund');
  await counter.lookUp('1');
  const quantity = counter.page.getByRole('textbox', { name: /^Quantity of/ }).first();
  await quantity.fill('1');
  await counter.field('Reason').fill('Damaged box');
  await counter.page.getByText('Write off').first().click();
  await photograph(counter, '17-refund');
  await counter.button(/^Refund /).click();
  await counter.page.getByRole('region', { name: 'Credit note' }).waitFor();
  await photograph(counter, '18-refund-done');
  await counter.button('Next customer').click();
}

async function shift(counter: Counter): Promise<void> {
  await counter.show('Shift');
  await counter.field('Amount').fill('20');
  await counter.field('Reason').fill('Window cleaner');
  await counter.button('Cash out').click();
  await counter.says('Cash out');
  await photograph(counter, '11-shift');
  await counter.closeShift('85');
  await photograph(counter, '12-shift-closed');
}

/** Half the width is what a browser shows at 200 %. */
async function inGerman(counter: Counter): Promise<void> {
  await counter.page.getByText('Deutsch').click();
  await photograph(counter, '13-german-shift');
  await counter.page.getByText('Verkäufe', { exact: true }).first().click();
  await photograph(counter, '14-german-sales');
  await counter.page.getByText('Verkaufen').click();
  await counter.scan(article('COF-01').barcode);
  await photograph(counter, '15-german-basket');
  await counter.page.setViewportSize({ width: 640, height: 450 });
  await photograph(counter, '16-german-at-200-percent');
}

async function fill(counter: Counter): Promise<void> {
  for (const sku of ['TEA-01', 'MIL-03', 'SOF-01', 'CHO-02']) await counter.scan(article(sku).barcode);
}

async function photograph({ page }: Counter, name: string): Promise<void> {
  // Whatever moves has come to rest.
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(directory, `${name}.png`), fullPage: true });
  process.stdout.write(`${name}\n`);
}
