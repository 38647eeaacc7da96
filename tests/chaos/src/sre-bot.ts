import { ServiceBusClient, type ServiceBusMessage, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { topology } from '@checkout/contracts';
import { uuidv7 } from '@checkout/kernel';
import type { DeadLetter } from './check/snapshot.ts';
import type { Command } from './till/history.ts';
import { requestOf } from './till/bus-door.ts';

/** Marks messages that the harness sent in order to be refused. */
const plantedPrefix = 'planted-';

/**
 * A scripted operator: what was planted is discarded; everything else is replayed, twice and under new message ids, for the one subscription
 * that failed. Replaying twice must do what replaying once does.
 */
export class SreBot {
  readonly deadLetters: DeadLetter[] = [];
  readonly #connection: string;
  replayed = 0;

  constructor(connection: string) {
    this.#connection = connection;
  }

  /** Handles whatever dead letters there are now. */
  async sweep(): Promise<void> {
    await this.#withClient(async (client) => {
      for (const { name: topic, subscriptions } of topology) {
        for (const { name: subscription } of subscriptions) await this.#sweepOne(client, topic, subscription);
      }
    });
  }

  /** Messages that nobody could handle, as a broken sender would put them onto the bus. */
  async plantPoison({ tenantId }: { readonly tenantId: string }): Promise<void> {
    const planted = (subject: string, body: unknown): ServiceBusMessage => ({
      messageId: `${plantedPrefix}${uuidv7()}`, subject, sessionId: 'p0', body, applicationProperties: { 'cloudEvents:type': subject, tenant: tenantId },
    });
    await this.#withClient(async (client) => {
      const sender = client.createSender('checkout-requests');
      await sender.sendMessages(planted('checkout.checkout-requested.v1', { hello: 'world' }));
      await sender.sendMessages(planted('checkout.never-heard-of.v9', {}));
    });
  }

  /** Requests of sales that have ended long ago, put back twice: the late replay of a message that was not dead at all. */
  async replayOld(commands: readonly Command[]): Promise<void> {
    await this.#withClient(async (client) => {
      const sender = client.createSender('checkout-requests');
      for (const command of commands) {
        for (const _ of [1, 2]) {
          const message = requestOf(command, command.commandId, command.sale);
          await sender.sendMessages({ ...message, applicationProperties: { ...message.applicationProperties, replayFor: 'orchestrator' } });
          this.replayed += 1;
        }
      }
    });
  }

  async #sweepOne(client: ServiceBusClient, topic: string, subscription: string): Promise<void> {
    const receiver = client.createReceiver(topic, subscription, { subQueueType: 'deadLetter' });
    try {
      for (let isMore = (await receiver.peekMessages(1)).length > 0; isMore; ) {
        const dead = await receiver.receiveMessages(1, { maxWaitTimeInMs: 500 }); // More would be asked for in vain: see EventLog.
        isMore = dead.length > 0;
        for (const message of dead) {
          const isPlanted = String(message.messageId).startsWith(plantedPrefix);
          if (!isPlanted) await this.#replayTwice(client, topic, subscription, message);
          await receiver.completeMessage(message);
          this.deadLetters.push({ ...noteOf(`${topic}/${subscription}`, message), verdict: isPlanted ? 'discarded' : 'replayed twice', isPlanted });
        }
      }
    } finally {
      await receiver.close();
    }
  }

  /** Sent before the dead letter is completed: a crash in between makes one replay more, never one less. */
  async #replayTwice(client: ServiceBusClient, topic: string, subscription: string, { messageId, subject, sessionId, correlationId, contentType, body, applicationProperties = {} }: ServiceBusReceivedMessage): Promise<void> {
    const sender = client.createSender(topic);
    for (const _ of [1, 2]) {
      const replay: ServiceBusMessage = {
        messageId: uuidv7(), body,
        applicationProperties: { ...applicationProperties, 'cloudEvents:id': uuidv7(), replayFor: subscription, replayOf: String(messageId) },
        ...(subject !== undefined && { subject }), ...(sessionId !== undefined && { sessionId }), ...(correlationId !== undefined && { correlationId }), ...(contentType !== undefined && { contentType }),
      };
      await sender.sendMessages(replay);
      this.replayed += 1;
    }
  }

  async #withClient(work: (client: ServiceBusClient) => Promise<void>): Promise<void> {
    const client = new ServiceBusClient(this.#connection, { retryOptions: { maxRetries: 1, retryDelayInMs: 1_000, timeoutInMs: 5_000 } });
    try {
      await work(client);
    } finally {
      await client.close();
    }
  }
}

const noteOf = (entity: string, message: ServiceBusReceivedMessage) => ({
  entity,
  messageId: String(message.messageId),
  reason: message.deadLetterReason ?? '',
  description: message.deadLetterErrorDescription ?? '',
  deliveryCount: message.deliveryCount ?? 0,
  text: JSON.stringify(message.body),
});
