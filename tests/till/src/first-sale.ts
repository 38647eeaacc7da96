// How long a person waits for the till, as figures: `node tools/run.mjs file tests/till/src/first-sale.ts`. JSON, medians of five, on this machine.
import { cpus } from 'node:os';
import { browserPath } from './browser.ts';
import { article, Shop } from './shop.ts';

const rounds = 5;
const tea = article('TEA-01');

if (browserPath === undefined) {
  process.stderr.write('No Chromium was found. Install Debian\'s package "chromium", or set CHROMIUM to where it is.\n');
  process.exit(1);
}

const median = (values: readonly number[]): number => Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

const shop = await Shop.open();
try {
  const [first, again, scan, sale]: number[][] = [[], [], [], []];
  for (let round = 0; round < rounds; round += 1) {
    let counter: Awaited<ReturnType<Shop['counter']>> | undefined;
    first?.push(await timed(async () => void (counter = await shop.counter())));
    if (!counter) continue;
    const { page } = counter;
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    again?.push(await timed(() => page.reload().then(() => counter?.isReady())));
    scan?.push(await timed(async () => {
      await counter?.scan(tea.barcode);
      await page.getByRole('button', { name: `Void ${tea.description}` }).waitFor();
    }));
    await counter.button('Exact').click();
    sale?.push(await timed(async () => {
      await counter?.pay();
      await counter?.says('The sale is done');
    }));
    await counter.close();
  }
  process.stdout.write(`${JSON.stringify({
    readyOnFirstVisitMs: median(first ?? []), readyAgainMs: median(again ?? []), scanToLineMs: median(scan ?? []), payToDoneMs: median(sale ?? []),
    rounds, machine: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  })}\n`);
} finally {
  await shop.close();
}
