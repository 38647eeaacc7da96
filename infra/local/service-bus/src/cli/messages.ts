import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceBusClient, ServiceBusMessage, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { addressOf, receiverOf } from './address.ts';
import type { Counts } from './entities.ts';

export type Known = Readonly<Record<string, Counts>>;

const PAGE = 100;
const LONGEST_BODY = 600;
/** How long `tail` sleeps between two looks. */
const TAIL_MS = 500;
/** How long `purge` waits for more. */
const QUIET_MS = 300;

/** Prints the first messages and leaves them where they are. */
export async function peek(client: ServiceBusClient, known: Known, name: string, count: number): Promise<void> {
  const receiver = receiverOf(client, addressOf(name, Object.keys(known)), 'peekLock');
  let left = count;
  while (left > 0) {
    const messages = await receiver.peekMessages(Math.min(left, PAGE));
    if (messages.length === 0) break;
    for (const message of messages) print(message);
    left -= messages.length;
  }
  if (left === count) process.stdout.write('(no messages)\n');
}

/** Prints messages as they come and leaves them where they are. Those a consumer takes between two looks are not seen. */
export async function tail(client: ServiceBusClient, known: Known, name: string, isOver: () => boolean = () => false): Promise<void> {
  const receiver = receiverOf(client, addressOf(name, Object.keys(known)), 'peekLock');
  while (!isOver()) {
    const messages = await receiver.peekMessages(PAGE);
    for (const message of messages) print(message);
    if (messages.length === 0) await sleep(TAIL_MS);
  }
}

const ownFields: readonly string[] = ['messageId', 'subject', 'sessionId', 'correlationId', 'contentType', 'to', 'replyTo'];

export async function send(client: ServiceBusClient, known: Known, name: string, [body = '', ...pairs]: readonly string[]): Promise<void> {
  const { entity } = addressOf(name, Object.keys(known));
  const fields = pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
  const own = Object.fromEntries(fields.filter(([key]) => ownFields.includes(key)));
  const applicationProperties = Object.fromEntries(fields.filter(([key]) => !ownFields.includes(key)).map(([key, value]) => [key, valueOf(value)]));
  await client.createSender(entity).sendMessages({ body: bodyOf(body), ...own, applicationProperties } satisfies ServiceBusMessage);
  process.stdout.write(`sent to ${entity}\n`);
}

/** Takes whatever can be had. Locked, deferred and scheduled messages stay. */
export async function purge(client: ServiceBusClient, known: Known, name: string): Promise<void> {
  const address = addressOf(name, Object.keys(known));
  const { entity, subscription, isDeadLetter } = address;
  let purged = 0;
  const empty = async (receiver: ServiceBusReceiver): Promise<void> => {
    for (;;) {
      const messages = await receiver.receiveMessages(PAGE, { maxWaitTimeInMs: QUIET_MS });
      purged += messages.length;
      if (messages.length === 0) break;
    }
    await receiver.close();
  };
  const path = subscription === undefined ? entity : `${entity}/Subscriptions/${subscription}`;
  if (known[path]?.requiresSession && !isDeadLetter) {
    for (;;) {
      // A new object each time: the SDK writes the session it was given into it, and would ask for that one again.
      const options = { receiveMode: 'receiveAndDelete' } as const;
      const session = await (subscription === undefined ? client.acceptNextSession(entity, options) : client.acceptNextSession(entity, subscription, options))
        .catch((error: { code?: string }) => { if (error.code !== 'ServiceTimeout') throw error; });
      if (!session) break;
      await empty(session);
    }
  } else {
    await empty(receiverOf(client, address, 'receiveAndDelete'));
  }
  process.stdout.write(`purged ${purged} from ${name}\n`);
}

function print(message: ServiceBusReceivedMessage): void {
  const { sequenceNumber, messageId, sessionId, subject, state, deliveryCount, enqueuedTimeUtc, deadLetterReason, deadLetterErrorDescription, applicationProperties = {} } = message;
  const head = [
    `#${String(sequenceNumber)}`, enqueuedTimeUtc?.toISOString() ?? '', String(messageId), subject && `subject=${subject}`, sessionId && `session=${sessionId}`,
    state !== 'active' && state, deliveryCount ? `delivered ${deliveryCount}×` : '',
  ].filter(Boolean).join('  ');
  const { DeadLetterReason: _reason, DeadLetterErrorDescription: _description, ...properties } = applicationProperties;
  const lines = [head];
  if (deadLetterReason !== undefined) lines.push(`    dead: ${deadLetterReason}${deadLetterErrorDescription === undefined ? '' : ` (${deadLetterErrorDescription})`}`);
  if (Object.keys(properties).length > 0) lines.push(`    ${Object.entries(properties).map(([key, value]) => `${key}=${String(value)}`).join('  ')}`);
  lines.push(`    ${shown(message.body)}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

function shown(body: unknown): string {
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  return text.length > LONGEST_BODY ? `${text.slice(0, LONGEST_BODY)}… (${text.length} characters)` : text;
}

/** JSON where it is JSON, text otherwise. */
function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,15}(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
