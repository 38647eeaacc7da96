import { ServiceBusClient, type ServiceBusMessage, type ServiceBusSender } from '@azure/service-bus';
import { DeadlineExceeded } from '@checkout/resilience';
import { toServiceBus, type Outbound } from './codec.ts';
import { within } from './within.ts';

/**
 * Largest batch that is sent at once, in bytes of bodies and an allowance for each envelope. Service Bus Standard takes 256 KB a batch:
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
 */
const maxBatchBytes = 200_000;
/** What the AMQP encoding of our properties comes to, measured at about 560 bytes. */
const envelopeBytes = 700;

/** What the SDK waits for: a partition with work, an answer of the bus. It does not keep to it while it opens a link. */
export const sdkTimeoutMs = 4_000;
/**
 * How long a send may take. The SDK leaves sends hanging that were under way when the connection was lost, until their time is over; the
 * sweeper sends them again sooner. Far longer than a healthy bus takes.
 */
const sendMs = 3_000;

const closingMs = 2_000;

/** The process's one connection to Service Bus: one client, and one sender for each topic. */
export class Bus {
  readonly client: ServiceBusClient;
  readonly #senders = new Map<string, ServiceBusSender>();

  constructor(connectionString: string) {
    this.client = new ServiceBusClient(connectionString, {
      // One retry owner for each hop: the sweeper sends again what did not arrive.
      retryOptions: { maxRetries: 1, retryDelayInMs: 1_000, timeoutInMs: sdkTimeoutMs },
    });
  }

  /**
   * Resolves when the bus has every message on disk.
   *
   * @throws DeadlineExceeded, or whatever the SDK throws; the messages may or may not have arrived, and may be sent again under the same ids.
   */
  async send(messages: readonly Outbound[]): Promise<void> {
    const byTopic = new Map<string, Outbound[]>();
    for (const message of messages) {
      const batch = byTopic.get(message.topic);
      if (batch) batch.push(message);
      else byTopic.set(message.topic, [message]);
    }
    await inTime(Promise.all([...byTopic].flatMap(([topic, all]) => split(all).map((batch) => this.#sender(topic).sendMessages(batch)))));
  }

  /** Ends in time, whatever the SDK still waits for. */
  close(): Promise<void> {
    return within(closingMs, this.client.close());
  }

  #sender(topic: string): ServiceBusSender {
    const existing = this.#senders.get(topic);
    if (existing) return existing;
    const made = this.client.createSender(topic);
    this.#senders.set(topic, made);
    return made;
  }
}

function inTime(sending: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeadlineExceeded(sendMs)), sendMs).unref();
    sending.then(() => resolve(), reject).finally(() => clearTimeout(timer));
  });
}

/** Order is kept: batches of one topic travel on one link, one after another. */
function split(messages: readonly Outbound[]): ServiceBusMessage[][] {
  const batches: ServiceBusMessage[][] = [];
  let batch: ServiceBusMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.bodyJson) + envelopeBytes;
    if (batch.length > 0 && bytes + size > maxBatchBytes) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(toServiceBus(message));
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
