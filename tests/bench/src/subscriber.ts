import { ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';

export type Ending = 'completed' | 'cancelled';

/** A back-office system that sees every sale event, and tells who waits for one. */
export class Subscriber {
  readonly #client: ServiceBusClient;
  readonly #receiver: ServiceBusReceiver;
  readonly #waiting = new Map<string, (ending: Ending) => void>();
  readonly #seen = new Map<string, Ending>();
  readonly counts = { completed: 0, cancelled: 0, repeated: 0 };
  readonly #known = new Set<string>();

  constructor(connectionString: string) {
    this.#client = new ServiceBusClient(connectionString);
    this.#receiver = this.#client.createReceiver('sale-events', 'back-office');
    this.#receiver.subscribe(
      {
        processMessage: async (message) => {
          const { saleId } = message.body as { saleId: string };
          this.#note(saleId, message.subject === 'sale.completed.v1' ? 'completed' : 'cancelled');
          await this.#receiver.completeMessage(message);
        },
        processError: async ({ error }) => {
          process.stderr.write(`The subscriber had an error: ${error.message}\n`);
        },
      },
      { maxConcurrentCalls: 256, autoCompleteMessages: false },
    );
  }

  /** Resolves when the sale's final event has been seen, also when that was before. */
  ended(saleId: string): Promise<Ending> {
    const seen = this.#seen.get(saleId);
    if (seen) {
      this.#seen.delete(saleId);
      return Promise.resolve(seen);
    }
    return new Promise((resolve) => this.#waiting.set(saleId, resolve));
  }

  get waiting(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #note(saleId: string, ending: Ending): void {
    if (this.#known.has(saleId)) {
      this.counts.repeated += 1;
      return;
    }
    this.#known.add(saleId);
    this.counts[ending] += 1;
    const waiting = this.#waiting.get(saleId);
    if (!waiting) {
      this.#seen.set(saleId, ending);
      return;
    }
    this.#waiting.delete(saleId);
    waiting(ending);
  }
}
