import type { ServiceBusMessage, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';

/** How long anything that must happen may take on a busy machine or over a network. */
const PATIENCE_MS = 20_000;
/** How long to look for something that must not happen. */
const SILENCE_MS = 300;

/** Receives until there are as many as asked for. @throws when they do not come. */
export async function receive(receiver: ServiceBusReceiver, count: number): Promise<ServiceBusReceivedMessage[]> {
  const until = Date.now() + PATIENCE_MS;
  const found: ServiceBusReceivedMessage[] = [];
  while (found.length < count) {
    if (Date.now() > until) throw new Error(`Only ${found.length} of ${count} messages came: ${JSON.stringify(bodies(found))}.`);
    found.push(...await receiver.receiveMessages(count - found.length, { maxWaitTimeInMs: 2000 }));
  }
  return found;
}

export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receive(receiver, 1);
  if (!message) throw new Error('No message came.');
  return message;
}

/** Sees that there is nothing to be received. */
export async function expectNothing(receiver: ServiceBusReceiver): Promise<void> {
  expect(bodies(await receiver.receiveMessages(1, { maxWaitTimeInMs: SILENCE_MS }))).toEqual([]);
}

export const bodies = (messages: readonly ServiceBusReceivedMessage[]): unknown[] => messages.map(({ body }) => body as unknown);

/** Bodies as text, where the order does not matter. */
export const sortedBodies = (messages: readonly ServiceBusReceivedMessage[]): string[] => messages.map(({ body }) => String(body)).toSorted();

/** Messages with these bodies. */
export const messagesOf = (...texts: readonly string[]): ServiceBusMessage[] => texts.map((body) => ({ body }));

/** Why a message is dead-lettered, where only the reason matters. */
export const because = (deadLetterReason: string) => ({ deadLetterReason, deadLetterErrorDescription: `A situation dead-letters it as ${deadLetterReason}.` });

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Tries until it holds; the last failure is the one that counts. */
export async function eventually(check: () => Promise<void> | void): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(30);
    }
  }
}

/** @throws when there is none. */
export function sequenceOf({ sequenceNumber }: ServiceBusReceivedMessage): Exclude<ServiceBusReceivedMessage['sequenceNumber'], undefined> {
  if (sequenceNumber === undefined) throw new Error('The message has no sequence number.');
  return sequenceNumber;
}
