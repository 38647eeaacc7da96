import { DefaultAzureCredential } from '@azure/identity';
import { ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusReceiver, type ServiceBusSessionReceiver } from '@azure/service-bus';
import type { RegisteredFunction, Registry, TypedData } from './core-api.ts';
import { invoke, triggerOf, type Log } from './invoke.ts';
import { withSettings, type HostSettings } from './settings.ts';

/**
 * Receives for Service Bus functions. As on Azure: completed when the function returns, abandoned when it throws, so that poison is the
 * broker's business; the connection is an app setting, or `<name>__fullyQualifiedNamespace` with an identity.
 */
export class ServiceBusTriggers {
  readonly #clients = new Map<string, ServiceBusClient>();
  readonly #closers: (() => Promise<unknown>)[] = [];
  readonly #running = new Set<Promise<void>>();
  #isStopping = false;

  start(registry: Registry, settings: NodeJS.ProcessEnv, host: HostSettings['serviceBus'], log: Log): void {
    for (const registered of registry.functions.filter((each) => triggerOf(each).type === 'serviceBusTrigger')) {
      const { settings: trigger } = triggerOf(registered);
      const client = this.#client(String(trigger['connection'] ?? 'AzureWebJobsServiceBus'), settings);
      const named = (key: string): string => withSettings(String(trigger[key]), settings);
      const path: [string] | [string, string] = trigger['topicName'] === undefined ? [named('queueName')] : [named('topicName'), named('subscriptionName')];
      const deliver = (receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage): Promise<void> => this.#deliver(registry, registered, receiver, message, host, log);
      if (trigger['isSessionsEnabled'] === true) {
        for (let count = 0; count < host.maxConcurrentSessions; count += 1) void this.#sessions(client, path, deliver, log);
      } else {
        this.#subscribe(path.length === 1 ? client.createReceiver(path[0]) : client.createReceiver(...path), deliver, host.maxConcurrentCalls, log);
      }
    }
  }

  /** Takes no new message, lets functions finish, then hangs up. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#closers.map((close) => close().catch(() => undefined)));
    await Promise.all(this.#running);
    await Promise.all([...this.#clients.values()].map((client) => client.close().catch(() => undefined)));
  }

  #client(connection: string, settings: NodeJS.ProcessEnv): ServiceBusClient {
    const known = this.#clients.get(connection);
    if (known) return known;
    const text = settings[connection];
    const namespace = settings[`${connection}__fullyQualifiedNamespace`];
    if (text === undefined && namespace === undefined) throw new Error(`The app setting ${connection} (or ${connection}__fullyQualifiedNamespace) is needed by a Service Bus trigger, and is not set.`);
    const client = text === undefined ? new ServiceBusClient(namespace ?? '', new DefaultAzureCredential()) : new ServiceBusClient(text);
    this.#clients.set(connection, client);
    return client;
  }

  #subscribe(receiver: ServiceBusReceiver, deliver: (receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) => Promise<void>, maxConcurrentCalls: number, log: Log): void {
    const subscription = receiver.subscribe({
      processMessage: (message) => this.#counted(deliver(receiver, message)),
      processError: ({ error, entityPath }) => Promise.resolve(log('warning', 'the bus reported an error', { entityPath, error: String(error) })),
    }, { autoCompleteMessages: false, maxConcurrentCalls });
    this.#closers.push(() => subscription.close());
  }

  async #sessions(client: ServiceBusClient, path: [string] | [string, string], deliver: (receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) => Promise<void>, log: Log): Promise<void> {
    while (!this.#isStopping) {
      let receiver: ServiceBusSessionReceiver | undefined;
      try {
        receiver = path.length === 1 ? await client.acceptNextSession(path[0]) : await client.acceptNextSession(...path);
        for (let messages = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 }); messages.length > 0 && !this.#isStopping; messages = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 })) {
          for (const message of messages) await this.#counted(deliver(receiver, message));
        }
      } catch (error) {
        if ((error as { code?: string }).code !== 'ServiceTimeout' && !this.#isStopping) {
          log('warning', 'a session was lost', { entityPath: path.join('/'), error: String(error) });
          await new Promise((resolve) => setTimeout(resolve, 1_000));
        }
      } finally {
        await receiver?.close().catch(() => undefined);
      }
    }
  }

  async #counted(call: Promise<void>): Promise<void> {
    this.#running.add(call);
    await call;
    this.#running.delete(call);
  }

  async #deliver(registry: Registry, registered: RegisteredFunction, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage, host: HostSettings['serviceBus'], log: Log): Promise<void> {
    try {
      const traceParent = message.applicationProperties?.['traceparent'];
      await invoke(registry, registered, {
        inputData: [{ name: triggerOf(registered).binding, data: typed(message.body) }],
        triggerMetadata: metadataOf(message),
        ...(typeof traceParent === 'string' && { traceContext: { traceParent } }),
      }, log);
      if (host.autoCompleteMessages) await receiver.completeMessage(message);
    } catch (error) {
      log('error', 'a function failed', { function: registered.name, messageId: message.messageId, error: String(error) });
      await receiver.abandonMessage(message).catch(() => undefined);
    }
  }
}

const typed = (value: unknown): TypedData => {
  if (typeof value === 'string') return { string: value };
  if (value instanceof Uint8Array) return { bytes: value };
  return { json: JSON.stringify(value ?? null) };
};

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#message-metadata */
const metadataOf = (message: ServiceBusReceivedMessage): Record<string, TypedData> => Object.fromEntries(Object.entries({
  MessageId: message.messageId,
  CorrelationId: message.correlationId,
  SessionId: message.sessionId,
  Subject: message.subject,
  ContentType: message.contentType,
  ReplyTo: message.replyTo,
  // The host counts this delivery; the JavaScript client only those before it.
  DeliveryCount: (message.deliveryCount ?? 0) + 1,
  SequenceNumber: message.sequenceNumber?.toString(),
  EnqueuedTimeUtc: message.enqueuedTimeUtc,
  ExpiresAtUtc: message.expiresAtUtc,
  DeadLetterSource: message.deadLetterSource,
  DeadLetterReason: message.deadLetterReason,
  DeadLetterErrorDescription: message.deadLetterErrorDescription,
  ApplicationProperties: message.applicationProperties ?? {},
}).filter(([, value]) => value !== undefined).map(([name, value]) => [name, typed(value instanceof Date ? value.toISOString() : value)]));
