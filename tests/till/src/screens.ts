import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { browserPath } from './browser.ts';
import type { Counter } from './counter.ts';
import { article, Shop } from './shop.ts';

const directory = join(import.meta.dirname, '../../../dist/screens');

if (browserPath === undefined) {
  process.stderr.write('No Chromium was found. Install Debian\'s package "chromium", or set CHROMIUM to where it is.\n');
  process.exit(1);
}
mkdirSync(directory, { recursive: true });
const shop = await Shop.open();
try {
  const page = await shop.browser.newPage({ locale: 'en-GB' });
  await page.goto(shop.network.url('web'));
  await page.getByRole('button', { name: 'Set up' }).waitFor();
  await page.screenshot({ path: join(directory, '1-set-up.png') });
  await page.close();

  const counter = await shop.counter({ serviceWorkers: 'block' });
  await counter.field('Scan or search').fill('tea');
  await photograph(counter, '2-search');
  await fill(counter);
  await counter.takeCash('5');
  await photograph(counter, '3-basket');
  await counter.takeCard();
  await counter.pay();
  await counter.says('The sale is done');
  await counter.page.getByText(/^Receipt S-|Receipt S-/).first().waitFor();
  await photograph(counter, '4-done');
  await counter.next();
  await fill(counter);
  await counter.takeCard('Card that is declined');
  await counter.pay();
  await counter.says('The payment was declined');
  await photograph(counter, '5-declined');
  await counter.button('Back to the basket').click();
  await counter.context.route('**/api/cart/v1/checkouts', (route) => route.abort());
  await counter.button('Exact').click();
  await counter.pay();
  await counter.says('The sale is kept at this till');
  await photograph(counter, '6-kept-at-the-till');
  await counter.next();
  await counter.show('Sales');
  await photograph(counter, '7-sales');
  await counter.page.getByText('Deutsch').click();
  await counter.page.setViewportSize({ width: 640, height: 900 });
  await counter.page.getByText('Verkaufen').click();
  await counter.scan(article('COF-01').barcode);
  await photograph(counter, '8-german-at-200-percent');
  await counter.close();
  process.stdout.write(`Written to ${directory}\n`);
} finally {
  await shop.close();
}

async function fill(counter: Counter): Promise<void> {
  for (const sku of ['TEA-01', 'MIL-03', 'SOF-01', 'CHO-02']) await counter.scan(article(sku).barcode);
}

async function photograph({ page }: Counter, name: string): Promise<void> {
  await page.screenshot({ path: join(directory, `${name}.png`), fullPage: true });
  process.stdout.write(`${name}\n`);
}
