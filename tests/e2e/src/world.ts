import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { http } from '@checkout/contracts';
import { Caller, Network, officeOf, operatorOf, quietLog, seed, TemporaryDirectory, tenants, Till, type NetworkOptions } from '@checkout/local-network';
import { providerBalances, violations } from './invariants.ts';

/** The whole system for one test file: real processes on free ports and an empty state, seeded. */
export class World {
  readonly network: Network;
  readonly till: Till;
  readonly otherTill: Till;
  readonly foreignTill: Till;
  readonly office: Caller;
  readonly operator: Caller;
  readonly lastLines: () => string;
  readonly #stateDirectory: TemporaryDirectory;

  static async create(environment: Readonly<Record<string, string>> = {}, { hasFaults = false, ...rest }: Partial<Pick<NetworkOptions, 'hasFaults' | 'tokensLiveSeconds' | 'environmentOf'>> = {}): Promise<World> {
    const stateDirectory = new TemporaryDirectory('checkout-e2e-');
    const { log, last } = quietLog(200);
    try {
      const network = await Network.create({ stateDirectory: stateDirectory.path, ports: 'free', log, providerLatencyMs: 5, hasFaults, ...rest, environment: { LOG_LEVEL: 'warn', RATE_LIMIT_PER_SECOND: '100000', ...environment } });
      await seed(network);
      return new World(network, stateDirectory, last, {
        till: await Till.signIn(network, 'LEEDS-01-T1'),
        otherTill: await Till.signIn(network, 'LEEDS-01-T2'),
        foreignTill: await Till.signIn(network, 'BATH-01-T1'),
        office: await officeOf(network, 'brightside'),
        operator: await operatorOf(network, 'brightside'),
      });
    } catch (error) {
      throw new Error(`The system did not start. Its last lines:\n${last()}`, { cause: error });
    }
  }

  private constructor(network: Network, stateDirectory: TemporaryDirectory, lastLines: () => string, callers: Pick<World, 'till' | 'otherTill' | 'foreignTill' | 'office' | 'operator'>) {
    this.network = network;
    this.lastLines = lastLines;
    this.#stateDirectory = stateDirectory;
    this.till = callers.till;
    this.otherTill = callers.otherTill;
    this.foreignTill = callers.foreignTill;
    this.office = callers.office;
    this.operator = callers.operator;
  }

  async close(): Promise<void> {
    await this.network.stop();
    this.#stateDirectory[Symbol.dispose]();
  }

  /** Waits until every one of these commands has ended, and returns how. */
  async ended(commandIds: readonly string[], limitMs = 60_000, till = this.till): Promise<ReadonlyMap<string, http.CheckoutStatus>> {
    const endings = new Map<string, http.CheckoutStatus>();
    const giveUpAt = Date.now() + limitMs;
    while (endings.size < commandIds.length) {
      for (const commandId of commandIds.filter((each) => !endings.has(each))) {
        const { status, body } = await till.status(commandId);
        if (status === 200 && body.state !== 'accepted' && body.state !== 'needs-attention') endings.set(commandId, body);
      }
      if (endings.size === commandIds.length) break;
      const open = commandIds.filter((each) => !endings.has(each));
      if (Date.now() > giveUpAt) throw new Error(`${open.length} of ${commandIds.length} sales had not ended after ${limitMs} ms, among them ${open.slice(0, 3).join(', ')}.\n${this.lastLines()}`);
      await sleep(100);
    }
    return endings;
  }

  /** Waits for cart's copy of the catalogue, which it makes when a tenant first sells: without one nothing is accepted over the bus. */
  async copyOfCatalogue(limitMs = 60_000): Promise<void> {
    const file = join(this.network.stateDirectory, 'catalogue', 'brightside.json');
    for (const giveUpAt = performance.now() + limitMs; !existsSync(file); await sleep(50)) if (performance.now() > giveUpAt) throw new Error(`Cart has made no copy of the catalogue.\n${this.lastLines()}`);
  }

  async stockOf(sku: string, storeId = 'LEEDS-01'): Promise<{ readonly onHand: number; readonly reserved: number; readonly available: number }> {
    const { body } = await this.office.call<{ levels: { onHand: number; reserved: number; available: number }[] }>('GET', `${this.network.url('inventory')}/v1/stock/${storeId}?sku=${sku}`);
    const [level] = body.levels ?? [];
    if (!level) throw new Error(`No stock level of ${sku}: ${JSON.stringify(body)}`);
    return level;
  }

  /** Stock, numbers and money, at a quiet point. What compensations still have under way is waited for. */
  async expectBalance(endings: Iterable<http.CheckoutStatus>): Promise<void> {
    const stores = Object.values(tenants.brightside.stores);
    let found: string[] = [];
    for (let attempt = 0; attempt < 50; attempt += 1) {
      found = [...(await violations(this.operator, stores)), ...(await this.#moneyViolations(endings))];
      if (found.length === 0) return;
      await sleep(200);
    }
    throw new Error(`Something does not balance:\n${found.join('\n')}\n${this.lastLines()}`);
  }

  async #moneyViolations(endings: Iterable<http.CheckoutStatus>): Promise<string[]> {
    const balances = await providerBalances(this.operator);
    return [...endings].flatMap(({ saleId, state, totalMinor, moneyMoved }) => {
      const { captured = 0, captures = 0, held = 0, refunded = 0 } = balances.get(saleId) ?? {};
      const found: string[] = [];
      if (state === 'completed' && captured > totalMinor) found.push(`sale ${saleId} of ${totalMinor} was charged ${captured}`);
      if (state !== 'completed' && captured !== 0) found.push(`sale ${saleId} is ${state}, but ${captured} was taken`);
      if (refunded > captured) found.push(`sale ${saleId} took ${captured} and gave back ${refunded}`);
      if (captures > 1) found.push(`sale ${saleId} was captured ${captures} times`);
      if (held !== 0) found.push(`sale ${saleId} is ${state}, but ${held} is still held on the card`);
      if ((state === 'completed') !== (moneyMoved === 'yes')) found.push(`sale ${saleId} is ${state} and says money moved: ${moneyMoved}`);
      return found;
    });
  }
}
