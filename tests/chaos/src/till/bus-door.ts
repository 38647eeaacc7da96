import { ServiceBusClient, type ServiceBusMessage, type ServiceBusSender } from '@azure/service-bus';
import { checkout } from '@checkout/contracts';
import { partitionOf, saleIdOf, uuidv7, type CommandId, type Sku, type StoreId, type TenantId, type TillId } from '@checkout/kernel';
import type { PlannedSale } from '../plan/plan.ts';
import { articles, descriptionOf, type TillPlace } from '../world/shops.ts';
import { totalOf, type Attempt } from './history.ts';

/** The route of tills that put their commands straight onto the bus. */
export class BusDoor {
  readonly #connection: string;
  #client: ServiceBusClient | undefined;
  #sender: ServiceBusSender | undefined;

  constructor(connection: string) {
    this.#connection = connection;
  }

  /** Two submissions of one command are two messages: what makes them one sale is the command's id, not the message's. */
  async submit(place: TillPlace, commandId: string, sale: PlannedSale): Promise<Attempt> {
    const at = Date.now();
    const startedAt = performance.now();
    const took = () => Math.round((performance.now() - startedAt) * 10) / 10;
    try {
      await this.send(requestOf(place, commandId, sale));
      return { at, tookMs: took(), type: 'ok', isWellFormed: true };
    } catch {
      await this.#reset();
      return { at, tookMs: took(), type: 'info', isWellFormed: true };
    }
  }

  async send(message: ServiceBusMessage): Promise<void> {
    this.#client ??= new ServiceBusClient(this.#connection, { retryOptions: { maxRetries: 0, timeoutInMs: 4_000 } });
    this.#sender ??= this.#client.createSender('checkout-requests');
    await this.#sender.sendMessages(message);
  }

  async close(): Promise<void> {
    await this.#reset();
  }

  async #reset(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#sender = undefined;
    await Promise.race([client?.close().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 1_000))]);
  }
}

/** What such a till writes, after `docs/` and the JSON schema. */
export function requestOf({ tenantId, storeId, tillId }: TillPlace, commandId: string, sale: PlannedSale): ServiceBusMessage {
  const lines = sale.lines.map(({ sku, quantity }) => {
    const { unitPriceMinor = 0, taxRateBp = 0 } = articles.find((article) => article.sku === sku) ?? {};
    return { sku: sku as Sku, description: descriptionOf(tenantId, sku), quantity, unitPriceMinor, taxRateBp };
  });
  const { body } = checkout.CheckoutRequested({
    tenantId: tenantId as TenantId, storeId: storeId as StoreId, tillId: tillId as TillId, commandId: commandId as CommandId,
    saleId: saleIdOf(tenantId as TenantId, commandId as CommandId),
    currency: 'GBP', taxMode: 'inclusive', lines, tenders: [...sale.tenders], totalMinor: totalOf(sale), requestedAt: new Date().toISOString(),
  });
  return {
    messageId: uuidv7(),
    subject: checkout.CheckoutRequested.type,
    sessionId: partitionOf(tenantId, storeId),
    body,
    applicationProperties: { 'cloudEvents:type': checkout.CheckoutRequested.type, 'cloudEvents:specversion': '1.0', tenant: tenantId },
  };
}
