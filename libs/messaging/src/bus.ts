import type { ServiceBusClient, ServiceBusMessage, ServiceBusReceivedMessage, ServiceBusReceiver, ServiceBusSender } from '@azure/service-bus';
import { counter, gauge, type Logger } from '@checkout/observability';
import { DeadlineExceeded } from '@checkout/resilience';
import { describe } from './bus-error.ts';
import { toServiceBus, type Outbound } from './codec.ts';
import { connectServiceBus } from './connect.ts';
import { Heartbeat } from './heartbeat.ts';
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
/** When an old client is closed: after the SDK has cleaned up behind the connection that it lost, which it does not do well while we do the same. */
const farewellMs = 1_000;
/** Between two rebuilds in a row that did not help; doubled each time, up to the longest. */
const firstRebuildPauseMs = 1_000;
const longestRebuildPauseMs = 10_000;

const rebuildsTotal = counter('bus_client_rebuilds_total', 'Service Bus clients that were replaced because they had stopped working');

/** The connection went away under a send: it may or may not have arrived. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

export interface Rebuilt {
  readonly cause: string;
  /** How long nothing had been heard. */
  readonly silentMs: number;
}

export interface BusOptions {
  readonly logger?: Logger;
  /** For tests: the times of the heartbeat. */
  readonly heartbeat?: { readonly everyMs: number; readonly deadlineMs: number };
}

/**
 * The process's one connection to Service Bus: one client, and one sender for each topic. When the client has stopped working, which it does not
 * always say, another takes its place: what was under way on the old one is told so at once, and it is closed in the background.
 */
export class Bus {
  readonly #connectionString: string;
  readonly #options: BusOptions;
  readonly #senders = new Map<string, ServiceBusSender>();
  /** Sends that wait for the bus, each with what ends the wait. */
  readonly #underWay = new Set<(error: Error) => void>();
  readonly #listeners = new Set<(rebuilt: Rebuilt) => void>();
  readonly #retired = new Set<ServiceBusClient>();
  #client: ServiceBusClient;
  /** One for each subscription that is looked at. */
  readonly #peekers = new Map<string, ServiceBusReceiver>();
  #start: ServiceBusReceivedMessage['sequenceNumber'];
  #heartbeat: Heartbeat | undefined;
  #rebuiltAt = -Infinity;
  #rebuildPauseMs = firstRebuildPauseMs;
  #isClosed = false;

  constructor(connectionString: string, options: BusOptions = {}) {
    this.#connectionString = connectionString;
    this.#options = options;
    this.#client = this.#connect();
    gauge('bus_heartbeat_age_seconds', 'Since the bus last answered a heartbeat', [], (self) => self.set((this.#heartbeat?.ageMs ?? 0) / 1_000));
  }

  /** The client of this moment; ask again after a rebuild. */
  get client(): ServiceBusClient {
    return this.#client;
  }

  /** How long ago the bus last answered, in ms; 0 before the heartbeat has begun. */
  get heartbeatAgeMs(): number {
    return this.#heartbeat?.ageMs ?? 0;
  }

  /** Calls the listener after each rebuild, when `client` is the new one. */
  onRebuilt(listener: (rebuilt: Rebuilt) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Begins to ask the bus every few seconds whether it is there, and rebuilds the client when it is silent twice. What is asked is a peek into a
   * subscription that this service owns: a quarter of a millisecond of CPU, no lock, no entity of its own.
   */
  watch(topic: string, subscription: string): void {
    if (this.#heartbeat || this.#isClosed) return;
    this.#heartbeat = new Heartbeat({
      ...this.#options.heartbeat,
      beat: async (abortSignal) => {
        const [seen] = await this.#peeker(topic, subscription).peekMessages(1, { abortSignal });
        if (seen?.sequenceNumber) this.#start ??= seen.sequenceNumber.sub(seen.sequenceNumber);
        this.#rebuildPauseMs = firstRebuildPauseMs;
      },
      onSilent: (silentMs, cause) => this.suspect(`heartbeats are not answered: ${describe(cause)}`, silentMs),
    });
    this.#heartbeat.start();
  }

  /** When the oldest message came that waits in a subscription; undefined when none does. */
  async oldestWaiting(topic: string, subscription: string): Promise<Date | undefined> {
    const peeker = this.#peeker(topic, subscription);
    const abortSignal = AbortSignal.timeout(sdkTimeoutMs);
    // Peeking goes on where it stopped. The SDK wants a `Long` to begin anew, and has given us one if it has moved on at all.
    const [first] = await peeker.peekMessages(1, { abortSignal, ...(this.#start && { fromSequenceNumber: this.#start }) });
    if (first?.sequenceNumber) this.#start ??= first.sequenceNumber.sub(first.sequenceNumber);
    return first?.state === 'active' ? first.enqueuedTimeUtc : undefined;
  }

  /**
   * Somebody has reason to believe that the client has stopped working. It is replaced, unless that was done a moment ago: a bus that is away is
   * not brought back by it.
   */
  suspect(cause: string, silentMs = this.heartbeatAgeMs): void {
    const now = performance.now();
    if (this.#isClosed || now - this.#rebuiltAt < this.#rebuildPauseMs) return;
    this.#rebuildPauseMs = Math.min(longestRebuildPauseMs, this.#rebuiltAt === -Infinity ? firstRebuildPauseMs : this.#rebuildPauseMs * 2);
    this.#rebuiltAt = now;
    // Not in the SDK's own call: it tells of lost receivers while it goes through the list of them, and trips over one that we close meanwhile.
    setImmediate(() => this.#rebuild({ cause, silentMs }));
  }

  #rebuild(rebuilt: Rebuilt): void {
    if (this.#isClosed) return;
    const old = this.#client;
    this.#client = this.#connect();
    this.#senders.clear();
    this.#peekers.clear();
    rebuildsTotal.inc();
    this.#options.logger?.warn({ cause: rebuilt.cause, silentMs: Math.round(rebuilt.silentMs) }, 'the Service Bus client has stopped working and is replaced');
    for (const lose of this.#underWay) lose(new ConnectionLost(`the connection was lost: ${rebuilt.cause}`));
    for (const listener of this.#listeners) listener(rebuilt);
    this.#retired.add(old);
    setTimeout(() => void this.#retire(old), farewellMs).unref();
  }

  /**
   * Resolves when the bus has every message on disk.
   *
   * @throws DeadlineExceeded, ConnectionLost, or whatever the SDK throws; the messages may or may not have arrived, and may be sent again under the
   *   same ids.
   */
  async send(messages: readonly Outbound[]): Promise<void> {
    const byTopic = new Map<string, Outbound[]>();
    for (const message of messages) {
      const batch = byTopic.get(message.topic);
      if (batch) batch.push(message);
      else byTopic.set(message.topic, [message]);
    }
    await this.#inTime(Promise.all([...byTopic].flatMap(([topic, all]) => split(all).map((batch) => this.#sender(topic).sendMessages(batch)))));
  }

  /** Ends in time, whatever the SDK still waits for. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#heartbeat?.stop();
    return within(closingMs, Promise.all([this.#client.close(), ...[...this.#retired].map((client) => this.#retire(client))]));
  }

  async #retire(client: ServiceBusClient): Promise<void> {
    this.#retired.delete(client);
    await within(closingMs, client.close());
  }

  #connect(): ServiceBusClient {
    return connectServiceBus(this.#connectionString, {
      // One retry owner for each hop: the sweeper sends again what did not arrive.
      retryOptions: { maxRetries: 1, retryDelayInMs: 1_000, timeoutInMs: sdkTimeoutMs },
    });
  }

  #peeker(topic: string, subscription: string): ServiceBusReceiver {
    const path = `${topic}/${subscription}`;
    const existing = this.#peekers.get(path);
    if (existing) return existing;
    const made = this.#client.createReceiver(topic, subscription);
    this.#peekers.set(path, made);
    return made;
  }

  #sender(topic: string): ServiceBusSender {
    const existing = this.#senders.get(topic);
    if (existing) return existing;
    const made = this.#client.createSender(topic);
    this.#senders.set(topic, made);
    return made;
  }

  #inTime(sending: Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#heartbeat?.now(); // Is it slow, or gone?
        reject(new DeadlineExceeded(sendMs));
      }, sendMs).unref();
      this.#underWay.add(reject);
      sending.then(() => resolve(), reject).finally(() => {
        clearTimeout(timer);
        this.#underWay.delete(reject);
      });
    });
  }
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
