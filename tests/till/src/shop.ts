import { setTimeout as sleep } from 'node:timers/promises';
import type { http } from '@checkout/contracts';
import { Caller, Network, officeOf, products, quietLog, seed, TemporaryDirectory, Till, tillLink, type NetworkOptions } from '@checkout/local-network';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { Counter } from './counter.ts';

/** The whole system with a till in a real browser. */
export class Shop {
  readonly network: Network;
  readonly browser: Browser;
  readonly till: Till;
  readonly office: Caller;
  readonly lastLines: () => string;
  readonly #stateDirectory: TemporaryDirectory;

  /** @param more how the system is to differ from the usual */
  static async open(more: Partial<NetworkOptions> = {}): Promise<Shop> {
    const stateDirectory = new TemporaryDirectory('checkout-till-');
    const { log, last } = quietLog(200);
    try {
      const network = await Network.create({ stateDirectory: stateDirectory.path, ports: 'free', log, providerLatencyMs: 5, hasTill: true, hasDesk: false, environment: { LOG_LEVEL: 'warn', RATE_LIMIT_PER_SECOND: '100000' }, ...more });
      await seed(network);
      return new Shop(network, await launchBrowser(), await Till.signIn(network, 'LEEDS-01-T1'), await officeOf(network, 'brightside'), stateDirectory, last);
    } catch (error) {
      throw new Error(`The shop did not open. Its last lines:\n${last()}`, { cause: error });
    }
  }

  private constructor(network: Network, browser: Browser, till: Till, office: Caller, stateDirectory: TemporaryDirectory, lastLines: () => string) {
    this.network = network;
    this.browser = browser;
    this.till = till;
    this.office = office;
    this.#stateDirectory = stateDirectory;
    this.lastLines = lastLines;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.network.stop();
    this.#stateDirectory[Symbol.dispose]();
  }

  /** A device that has just been set up as a till, ready to sell. */
  async counter(options: BrowserContextOptions = {}, tillId = 'LEEDS-01-T1'): Promise<Counter> {
    const context = await this.browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    await page.goto(tillLink(this.network, tillId));
    const counter = new Counter(page, context);
    await counter.isReady();
    return counter;
  }

  /** Another tab of the same device. */
  async tab(context: BrowserContext): Promise<Counter> {
    const page: Page = await context.newPage();
    await page.goto(this.network.url('web'));
    const counter = new Counter(page, context);
    await counter.isReady();
    return counter;
  }

  async stockOf(sku: string): Promise<number> {
    const { body } = await this.office.call<{ levels: { onHand: number }[] }>('GET', `${this.network.url('inventory')}/v1/stock/LEEDS-01?sku=${sku}`);
    return body.levels[0]?.onHand ?? Number.NaN;
  }

  /** How the back end says that a sale stands, once it has ended. */
  async ending(commandId: string, limitMs = 60_000): Promise<http.CheckoutStatus> {
    for (const giveUpAt = Date.now() + limitMs; Date.now() < giveUpAt; await sleep(200)) {
      const answer = await this.till.status(commandId).catch(() => undefined);
      if (answer?.status === 200 && answer.body.state !== 'accepted' && answer.body.state !== 'needs-attention') return answer.body;
    }
    throw new Error(`The sale ${commandId} had not ended after ${limitMs} ms.\n${this.lastLines()}`);
  }
}

/** The first article of a shelf. */
export function article(sku: string): { readonly sku: string; readonly barcode: string; readonly description: string; readonly unitPriceMinor: number } {
  const product = products.find((each) => each.sku === sku);
  if (!product) throw new Error(`There is no ${sku}.`);
  return product;
}
