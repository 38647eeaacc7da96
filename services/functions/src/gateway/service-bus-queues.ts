import type { ServiceBusClient, ServiceBusMessage, ServiceBusReceivedMessage, ServiceBusReceiver, ServiceBusSender } from '@azure/service-bus';
import Long from 'long';
import type { DeadLetterQueues, OutgoingReplay, Queue, QueuedMessage, Taken } from '../application/ports.ts';

/** How long a receive waits for more of a queue that seemed to have more. */
const waitMs = 2_000;
/** Messages set aside in one go; each is a settlement of its own on the wire. */
const setAsidePage = 200;
/** Service Bus Standard takes 256 KB a batch; see `libs/messaging`. */
const maxBatchBytes = 200_000;
const envelopeBytes = 1_500;

/**
 * The dead-letter queues of a namespace, through the SDK.
 *
 * A queue can only be received from its front, and a plan wants messages from its middle. So what must be moved is *set aside* (deferred) first: a
 * deferred message stays in its dead-letter queue, can still be peeked at by every tool, and is taken by its number from then on, by whoever goes on
 * after a crash. Messages in front of it are set aside on the way; they lose nothing by it.
 */
export class ServiceBusQueues implements DeadLetterQueues {
  readonly queues: readonly Queue[];
  readonly #client: ServiceBusClient;
  readonly #receivers = new Map<string, ServiceBusReceiver>();
  readonly #senders = new Map<string, ServiceBusSender>();

  constructor(client: ServiceBusClient, queues: readonly Queue[]) {
    this.#client = client;
    this.queues = queues;
  }

  async peek(queue: Queue, from: bigint, max: number): Promise<readonly QueuedMessage[]> {
    const messages = await this.#deadLetters(queue).peekMessages(max, { fromSequenceNumber: toLong(from) });
    return messages.map(queued).filter(({ sequenceNumber }) => sequenceNumber >= from);
  }

  async setAside(queue: Queue, wanted: ReadonlySet<bigint>): Promise<void> {
    const receiver = this.#deadLetters(queue);
    const missing = new Set(wanted);
    for (const { sequenceNumber, isSetAside } of await this.#look(receiver, wanted)) if (isSetAside) missing.delete(sequenceNumber);
    while (missing.size > 0) {
      // Asked for more than there are, the SDK would wait a second for the rest.
      const page = await receiver.receiveMessages(Math.min(setAsidePage, missing.size), { maxWaitTimeInMs: waitMs });
      // What has not come by is gone.
      if (page.length === 0) return;
      await Promise.all(page.map((message) => receiver.deferMessage(message)));
      for (const message of page) missing.delete(numberOf(message));
    }
  }

  /** Which of the wanted are there, and which were set aside already, by an earlier wave or by a run that died. */
  async #look(receiver: ServiceBusReceiver, wanted: ReadonlySet<bigint>): Promise<{ readonly sequenceNumber: bigint; readonly isSetAside: boolean }[]> {
    const numbers = [...wanted].toSorted((left, right) => (left < right ? -1 : 1));
    const last = numbers.at(-1) ?? -1n;
    const seen = [];
    for (let from = numbers[0] ?? 0n; from <= last;) {
      const page = await receiver.peekMessages(setAsidePage, { fromSequenceNumber: toLong(from) });
      for (const message of page) seen.push({ sequenceNumber: numberOf(message), isSetAside: message.state === 'deferred' });
      const end = page.at(-1);
      if (!end) break;
      from = numberOf(end) + 1n;
    }
    return seen.filter(({ sequenceNumber }) => wanted.has(sequenceNumber));
  }

  async take(queue: Queue, sequenceNumbers: readonly bigint[]): Promise<Taken> {
    const receiver = this.#deadLetters(queue);
    const messages = sequenceNumbers.length === 0 ? [] : await this.#receiveDeferred(receiver, sequenceNumbers);
    const missing = new Set(sequenceNumbers);
    for (const message of messages) missing.delete(numberOf(message));
    return {
      messages: messages.map((message) => ({ ...queued(message), remove: () => receiver.completeMessage(message) })),
      busy: new Set((await this.#look(receiver, missing)).map(({ sequenceNumber }) => sequenceNumber)),
    };
  }

  async send(queue: Queue, replays: readonly OutgoingReplay[]): Promise<void> {
    const sender = this.#sender(queue.topic);
    let batch: ServiceBusMessage[] = [];
    let bytes = 0;
    for (const replay of replays) {
      const message = outgoing(replay);
      const size = Buffer.byteLength(message.body as Buffer) + envelopeBytes;
      if (batch.length > 0 && bytes + size > maxBatchBytes) {
        await sender.sendMessages(batch);
        batch = [];
        bytes = 0;
      }
      batch.push(message);
      bytes += size;
    }
    if (batch.length > 0) await sender.sendMessages(batch);
  }

  async backlog({ topic, subscription }: Queue, upTo: number): Promise<number> {
    const receiver = this.#receiver(`${topic}/${subscription}`, () => this.#client.createReceiver(topic, subscription));
    let count = 0;
    let from = Long.ZERO;
    while (count < upTo) {
      const page = await receiver.peekMessages(Math.min(250, upTo - count), { fromSequenceNumber: from });
      const last = page.at(-1)?.sequenceNumber;
      if (last === undefined) break;
      count += page.filter(({ state }) => state === 'active').length;
      from = last.add(1);
    }
    return count;
  }

  /** A message that is gone fails the whole request, so a request that fails is halved until it is known which. */
  async #receiveDeferred(receiver: ServiceBusReceiver, sequenceNumbers: readonly bigint[]): Promise<ServiceBusReceivedMessage[]> {
    try {
      return await receiver.receiveDeferredMessages(sequenceNumbers.map(toLong));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if (sequenceNumbers.length === 1) return [];
      const half = Math.ceil(sequenceNumbers.length / 2);
      return [...(await this.#receiveDeferred(receiver, sequenceNumbers.slice(0, half))), ...(await this.#receiveDeferred(receiver, sequenceNumbers.slice(half)))];
    }
  }

  #deadLetters({ topic, subscription }: Queue): ServiceBusReceiver {
    return this.#receiver(`${topic}/${subscription}/$`, () => this.#client.createReceiver(topic, subscription, { subQueueType: 'deadLetter' }));
  }

  #receiver(key: string, make: () => ServiceBusReceiver): ServiceBusReceiver {
    const known = this.#receivers.get(key);
    if (known && !known.isClosed) return known;
    const made = make();
    this.#receivers.set(key, made);
    return made;
  }

  #sender(topic: string): ServiceBusSender {
    const known = this.#senders.get(topic) ?? this.#client.createSender(topic);
    this.#senders.set(topic, known);
    return known;
  }
}

/** https://learn.microsoft.com/javascript/api/@azure/service-bus/servicebuserror: a deferred message that is not there. */
const isNotFound = (error: unknown): boolean => {
  const { code, message = '' } = error as { code?: string; message?: string };
  return code === 'MessageNotFoundError' || code === 'MessageNotFound' || /message-not-found/i.test(`${code} ${message}`);
};

const toLong = (value: bigint): Long => Long.fromString(value.toString());
const numberOf = (message: ServiceBusReceivedMessage): bigint => BigInt(message.sequenceNumber?.toString() ?? '-1');

function queued(message: ServiceBusReceivedMessage): QueuedMessage {
  const properties = { ...message.applicationProperties };
  // The broker keeps these two among the properties; they are told apart here and not sent again.
  delete properties['DeadLetterReason'];
  delete properties['DeadLetterErrorDescription'];
  return {
    sequenceNumber: numberOf(message),
    messageId: String(message.messageId ?? ''),
    type: typeof properties['cloudEvents:type'] === 'string' ? properties['cloudEvents:type'] : message.subject,
    body: bodyOf(message.body),
    sessionId: message.sessionId,
    correlationId: message.correlationId === undefined ? undefined : String(message.correlationId),
    contentType: message.contentType,
    subject: message.subject,
    applicationProperties: properties,
    reason: message.deadLetterReason,
    description: message.deadLetterErrorDescription,
    enqueuedAt: message.enqueuedTimeUtc ?? new Date(0),
    deliveryCount: message.deliveryCount ?? 0,
  };
}

/** The SDK reads JSON; what is none stays bytes, shown as text where it is text and as base64 where not. */
function bodyOf(body: unknown): unknown {
  if (!Buffer.isBuffer(body)) return body;
  const text = body.toString('utf8');
  return Buffer.from(text, 'utf8').equals(body) ? { $text: text } : { $base64: body.toString('base64') };
}

function bytesOf(body: unknown): Buffer {
  const { $text, $base64 } = (body ?? {}) as { $text?: unknown; $base64?: unknown };
  if (typeof $text === 'string') return Buffer.from($text, 'utf8');
  if (typeof $base64 === 'string') return Buffer.from($base64, 'base64');
  return Buffer.from(JSON.stringify(body));
}

/** The properties that the failure left are of the failure; everything else the sender wrote is kept. */
function outgoing({ messageId, original, body, properties }: OutgoingReplay): ServiceBusMessage {
  const kept = Object.fromEntries(Object.entries(original.applicationProperties).filter(([name]) => !name.startsWith('failure-')));
  return {
    messageId,
    body: bytesOf(body ?? original.body),
    applicationProperties: { ...kept, ...properties } as NonNullable<ServiceBusMessage['applicationProperties']>,
    ...(original.subject !== undefined && { subject: original.subject }),
    ...(original.contentType !== undefined && { contentType: original.contentType }),
    ...(original.sessionId !== undefined && { sessionId: original.sessionId }),
    ...(original.correlationId !== undefined && { correlationId: original.correlationId }),
  };
}
