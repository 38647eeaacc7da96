import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { topology } from '@checkout/contracts';
import type { Network } from '@checkout/local-network';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeadLetter } from '../check/snapshot.ts';
import type { Tables } from '../world/tables.ts';

export interface Copy { readonly topic: string; readonly subscription: string; readonly message: ServiceBusReceivedMessage }

const places = topology.flatMap(({ name: topic, subscriptions }) => subscriptions.map(({ name: subscription }) => ({ topic, subscription })));

async function withClient<Result>({ serviceBusConnection }: Network, work: (client: ServiceBusClient) => Promise<Result>): Promise<Result> {
  const client = new ServiceBusClient(serviceBusConnection);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** What lies in every dead-letter queue, looked at. */
export const deadLettersIn = (network: Network): Promise<Copy[]> => withClient(network, async (client) => {
  const found = await Promise.all(places.map(async (place) =>
    (await client.createReceiver(place.topic, place.subscription, { subQueueType: 'deadLetter' }).peekMessages(1_000)).map((message) => ({ ...place, message }))));
  return found.flat();
});

/** Every dead letter that the desk has ever seen, and what became of it. */
export async function deskRecord(tables: Tables, isPlanted: (saleId: string) => boolean): Promise<DeadLetter[]> {
  const rows = await tables.all<{ topic: string; subscription: string; message_id: string; sale_id: string | null; facts: string; body_text: string; delivery_count: number; state: string }>('operations', 'dead_letter');
  return rows.map(({ topic, subscription, message_id, sale_id, facts, body_text, delivery_count, state }) => ({
    // What is told to operators is of no sale.
    entity: `${topic}/${subscription}`, messageId: message_id, deliveryCount: delivery_count, text: body_text, isPlanted: topic === 'operations' || isPlanted(sale_id ?? ''),
    ...(JSON.parse(facts) as { reason: string; description: string }),
    verdict: state === 'replayed' || state === 'discarded' ? state : 'none',
  }));
}

/**
 * Sends messages to one subscription once more, and leaves each a dead letter, as a process does that dies ten times between its commit and its settlement.
 * Whoever has the subscription must be down meanwhile.
 */
export const deadLetterAgain = (network: Network, messages: readonly Copy[]): Promise<void> => withClient(network, async (client) => {
  for (const { topic, subscription, message: { messageId, body, sessionId = '', subject, contentType, correlationId, applicationProperties } } of messages) {
    await client.createSender(topic).sendMessages({
      messageId: `${String(messageId)}.again`, body: body as unknown, sessionId, applicationProperties: { ...applicationProperties, replayFor: subscription },
      ...(subject !== undefined && { subject }), ...(contentType !== undefined && { contentType }), ...(correlationId !== undefined && { correlationId }),
    });
  }
  for (const [sessionId, own] of Map.groupBy(messages, ({ topic, subscription, message }) => `${topic} ${subscription} ${message.sessionId ?? ''}`)) {
    const [topic = '', subscription = '', session = ''] = sessionId.split(' ');
    const receiver = await accepted(client, topic, subscription, session);
    const missing = new Set(own.map(({ message }) => `${String(message.messageId)}.again`));
    for (const giveUpAt = Date.now() + 60_000; missing.size > 0;) {
      if (Date.now() > giveUpAt) throw new Error(`Not there to be dead-lettered: ${[...missing].join(', ')}`);
      for (const message of await receiver.receiveMessages(missing.size, { maxWaitTimeInMs: 5_000 })) {
        // What somebody had not completed when it went down is left to it.
        if (!missing.delete(String(message.messageId))) await receiver.abandonMessage(message);
        else await receiver.deadLetterMessage(message, { deadLetterReason: 'MaxDeliveryCountExceeded', deadLetterErrorDescription: 'handled, and never settled' });
      }
    }
    await receiver.close();
  }
});

/** The session of a process that was killed is free when its lock ends. */
async function accepted(client: ServiceBusClient, topic: string, subscription: string, session: string) {
  for (const giveUpAt = Date.now() + 120_000; ; await sleep(1_000)) {
    try {
      return await client.acceptSession(topic, subscription, session);
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
    }
  }
}
