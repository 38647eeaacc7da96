import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { emulatorConfig } from '@checkout/contracts';
import { startIdentity, type RunningIdentity } from '@checkout/local-identity';
import { startServiceBus, type ServiceBus } from '@checkout/local-service-bus';
import { startTestDatabase, type TestDatabase } from '@checkout/sql/testing';

export const queue = { topic: 'inventory-commands', subscription: 'inventory' };
const type = 'inventory.commit-stock.v1';
const page = 500;

/** All topics of the product, a database and an identity for a desk that is a process of its own; and inventory, which fails or handles as it is told. */
export class BenchShop implements AsyncDisposable {
  readonly directory: string;
  readonly client: ServiceBusClient;
  readonly #bus: ServiceBus;
  readonly #database: TestDatabase;
  readonly #identity: RunningIdentity;
  isClosed = false;

  static async open(): Promise<BenchShop> {
    const directory = mkdtempSync(join(tmpdir(), 'desk-bench-'));
    return new BenchShop(
      directory,
      await startServiceBus({ port: 0, directory: join(directory, 'bus'), topology: emulatorConfig() }),
      await startTestDatabase([join(import.meta.dirname, '../store/migrations')], 'operations'),
      await startIdentity({ directory: join(directory, 'identity') }),
    );
  }

  private constructor(directory: string, bus: ServiceBus, database: TestDatabase, identity: RunningIdentity) {
    this.directory = directory;
    this.#bus = bus;
    this.#database = database;
    this.#identity = identity;
    this.client = new ServiceBusClient(bus.connectionString);
  }

  /** What the desk is told of its surroundings. */
  get settings(): Readonly<Record<string, string>> {
    const nobody = 'http://127.0.0.1:9';
    return {
      SERVICE_BUS_CONNECTION: this.#bus.connectionString, SQL_CONNECTION: this.#database.connectionString,
      AUTH_ISSUER: this.#identity.issuer, AUTH_AUDIENCE: this.#identity.audience, AUTH_JWKS_URL: this.#identity.jwksUrl,
      CART_URL: nobody, ORCHESTRATOR_URL: nobody, INVENTORY_URL: nobody, PAYMENT_URL: nobody, RECEIPT_URL: nobody,
    };
  }

  token(subject: 'ann' | 'bea'): Promise<string> {
    return this.#identity.token({ subject, tenant: 'scanlon', roles: [subject === 'ann' ? 'sre' : 'sre-approver', 'platform'] });
  }

  async deadLetter(count: number, reasonOf: (n: number) => string): Promise<void> {
    const sender = this.client.createSender(queue.topic);
    const receiver = await this.client.acceptSession(queue.topic, queue.subscription, 'p1');
    for (let first = 0; first < count; first += page) {
      const size = Math.min(page, count - first);
      for (let from = first; from < first + size; from += 100) await sender.sendMessages(Array.from({ length: Math.min(100, first + size - from) }, (_, index) => commandOf(from + index)));
      for (let left = size; left > 0;) {
        const received = await receiver.receiveMessages(left, { maxWaitTimeInMs: 5_000 });
        await Promise.all(received.map((message) => receiver.deadLetterMessage(message, {
          deadLetterReason: reasonOf(Number(message.correlationId)), deadLetterErrorDescription: 'as planned', 'failure-frame': 'commitStock (commit-stock.ts)', 'failure-dependency': 'inventory/work',
        })));
        left -= received.length;
      }
    }
    await receiver.close();
  }

  /** Receives what is replayed, until the shop is closed. A session that a busy machine has lost is taken again. */
  async handle(handled: (messages: readonly ServiceBusReceivedMessage[]) => Promise<void>): Promise<void> {
    while (!this.isClosed) {
      const receiver = await this.client.acceptSession(queue.topic, queue.subscription, 'p1');
      try {
        while (!this.isClosed) {
          const messages = await receiver.receiveMessages(100, { maxWaitTimeInMs: 300 });
          if (messages.length === 0) continue;
          await Promise.all(messages.map((message) => receiver.completeMessage(message)));
          await handled(messages);
        }
      } catch (error) {
        if (!isSessionLost(error)) throw error;
      } finally {
        await receiver.close();
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await Promise.all([this.#bus.close(), this.#database[Symbol.asyncDispose](), this.#identity.close()]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const isSessionLost = (error: unknown): boolean => (error as { readonly code?: unknown }).code === 'SessionLockLost';

/** A command of ordinary size: ten lines. */
const commandOf = (n: number) => {
  const saleId = `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  return {
    messageId: `${saleId}.commit`, sessionId: 'p1', subject: type, contentType: 'application/json', correlationId: String(n),
    body: { tenantId: 'acme', storeId: 's1', saleId, lines: Array.from({ length: 10 }, (_, line) => ({ sku: `SKU-${String(line).padStart(5, '0')}`, quantity: 1 + (n % 3) })) },
    applicationProperties: { 'cloudEvents:type': type, 'cloudEvents:subject': saleId, tenant: 'acme', store: `s${n % 40}`, traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
  };
};
