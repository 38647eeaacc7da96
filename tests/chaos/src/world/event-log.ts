import { ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { setTimeout as sleep } from 'node:timers/promises';

/** One delivery to a back-office system, as it came: repeats are there too. */
export interface SeenEvent {
  readonly at: number;
  /** Its place among all that the subscription was given, in the order in which the bus took them. How it hands them out is another matter. */
  readonly sequence: number;
  /** When the bus took it, in ms since 1970. */
  readonly enqueuedAt: number;
  readonly messageId: string;
  readonly type: string;
  readonly tenantId: string;
  readonly saleId: string;
  readonly commandId: string;
  readonly text: string;
}

/** One change of a breaker, as a service told the operators. */
export interface SeenBreaker {
  readonly at: number;
  readonly service: string;
  readonly dependency: string;
  readonly state: string;
  readonly cause?: string;
}

/** Anything else that a service told the operators. */
export interface SeenOperation {
  readonly at: number;
  readonly type: string;
  readonly service: string;
  readonly told: Readonly<Record<string, unknown>>;
}

/**
 * A back-office system and an operator's desk in one: it subscribes to what the system tells the outside, and remembers every delivery. It
 * takes one message after the other and simply begins again when the bus was away, so that its own doings never hide the system's.
 */
export class EventLog {
  readonly events: SeenEvent[] = [];
  readonly breakers: SeenBreaker[] = [];
  readonly operations: SeenOperation[] = [];
  readonly #connection: string;
  #isClosed = false;
  readonly #running: Promise<unknown>;

  /** @param isOperator whether it also hears what is told on `operations`: two who listened there would each hear a part */
  constructor(connection: string, isOperator = true) {
    this.#connection = connection;
    this.#running = Promise.all([
      this.#follow('sale-events', 'back-office', (message) => this.#sale(message)),
      ...(isOperator ? [this.#follow('operations', 'desk', (message) => this.#operation(message))] : []),
    ]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #follow(topic: string, subscription: string, note: (message: ServiceBusReceivedMessage) => void): Promise<void> {
    while (!this.#isClosed) {
      const client = new ServiceBusClient(this.#connection, { retryOptions: { maxRetries: 0, timeoutInMs: 4_000 } });
      try {
        const receiver = client.createReceiver(topic, subscription);
        while (!this.#isClosed) await takeOne(receiver, note);
      } catch {
        await sleep(300);
      } finally {
        await Promise.race([client.close().catch(() => {}), sleep(1_000)]);
      }
    }
  }

  #sale({ messageId, subject, body, sequenceNumber, enqueuedTimeUtc }: ServiceBusReceivedMessage): void {
    const { tenantId = '', saleId = '', commandId = '' } = body as Partial<Record<'tenantId' | 'saleId' | 'commandId', string>>;
    this.events.push({
      at: Date.now(), sequence: Number(sequenceNumber), enqueuedAt: enqueuedTimeUtc?.getTime() ?? Date.now(),
      messageId: String(messageId), type: subject ?? '', tenantId, saleId, commandId, text: JSON.stringify(body),
    });
  }

  #operation({ subject, body }: ServiceBusReceivedMessage): void {
    const told = body as Readonly<Record<string, unknown>>;
    const { service, dependency, state, cause, at } = told as Partial<Record<'service' | 'dependency' | 'state' | 'cause' | 'at', string>>;
    this.operations.push({ at: at === undefined ? Date.now() : Date.parse(at), type: subject ?? '', service: service ?? '', told });
    if (service === undefined || dependency === undefined || state === undefined) return;
    this.breakers.push({ at: at === undefined ? Date.now() : Date.parse(at), service, dependency, state, ...(cause !== undefined && { cause }) });
  }
}

/**
 * One at a time: asked for more than there are, the SDK has the link drained, gives it up when that takes longer than 200 ms, and what has come with a
 * session id (all sale events have one) cannot be completed over another link: it stays locked for a minute (@azure/service-bus 7.9.5, batchingReceiver).
 */
async function takeOne(receiver: ServiceBusReceiver, note: (message: ServiceBusReceivedMessage) => void): Promise<void> {
  for (const message of await receiver.receiveMessages(1, { maxWaitTimeInMs: 700 })) {
    note(message);
    await receiver.completeMessage(message);
  }
}
