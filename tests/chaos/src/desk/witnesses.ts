import { Agent } from 'node:http';
import { ServiceBusAdministrationClient, ServiceBusClient, type ServiceBusAdministrationClientOptions, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { replayFilterOf, topology } from '@checkout/contracts';
import type { Network } from '@checkout/local-network';

/** A subscription like everybody's, beside each service's: it must never get a replay that is for that service. */
const neighbour = 'neighbour';
/** One that sees everything as it crosses the topic. */
const camera = 'camera';

const topics = topology.filter(({ name }) => name.endsWith('-commands') || name === 'checkout-requests').map(({ name }) => name);

/** Two subscriptions more on every topic that the desk replays to, and what they got. */
export class Witnesses implements AsyncDisposable {
  readonly #administration: ServiceBusAdministrationClient;
  readonly #client: ServiceBusClient;
  #hasLeft = false;

  static async post(network: Network): Promise<Witnesses> {
    const witnesses = new Witnesses(network);
    for (const topic of topics) {
      await witnesses.#administration.createSubscription(topic, neighbour, { defaultRuleOptions: { name: 'replay', filter: { sqlExpression: replayFilterOf(neighbour) } } });
      await witnesses.#administration.createSubscription(topic, camera);
    }
    return witnesses;
  }

  private constructor({ serviceBusConnection }: Network) {
    // The client asks for HTTPS always, and the stand-in speaks HTTP.
    const agent = new Agent({ keepAlive: true });
    Object.assign(agent, { protocol: 'https:' });
    const options: ServiceBusAdministrationClientOptions & { agent: Agent } = { agent };
    this.#administration = new ServiceBusAdministrationClient(serviceBusConnection, options);
    this.#client = new ServiceBusClient(serviceBusConnection);
  }

  /** Topics that would swallow a repeated message id. */
  async topicsThatDetectDuplicates(): Promise<readonly string[]> {
    const found = await Promise.all(topics.map(async (name) => ({ name, is: (await this.#administration.getTopic(name)).requiresDuplicateDetection })));
    return found.filter(({ is }) => is).map(({ name }) => name);
  }

  get topics(): readonly string[] {
    return topics;
  }

  /** What the neighbours got. */
  seenByNeighbours(): Promise<ServiceBusReceivedMessage[]> {
    return this.#seenBy(neighbour);
  }

  /** Every message as it was sent. */
  filmed(): Promise<ServiceBusReceivedMessage[]> {
    return this.#seenBy(camera);
  }

  /** Takes the subscriptions away, with what is in them. */
  async leave(): Promise<void> {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    await this.#client.close();
    for (const topic of topics) for (const name of [neighbour, camera]) await this.#administration.deleteSubscription(topic, name);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  async #seenBy(subscription: string): Promise<ServiceBusReceivedMessage[]> {
    const seen: ServiceBusReceivedMessage[] = [];
    for (const topic of topics) {
      const receiver = this.#client.createReceiver(topic, subscription);
      for (let page = await receiver.peekMessages(250); page.length > 0; page = await receiver.peekMessages(250)) seen.push(...page);
      await receiver.close();
    }
    return seen;
  }
}

/** What a replay must have in common with the dead letter: all but the broker's id, and what says that it is a replay, and of what failure. */
export function kept({ body, subject, contentType, correlationId, sessionId, to, replyTo, applicationProperties = {} }: ServiceBusReceivedMessage): object {
  const properties = Object.fromEntries(Object.entries(applicationProperties).filter(([name]) => !/^(failure-|DeadLetter|replay(For|Of|Plan)$)/.test(name)));
  return { body: body as unknown, subject, contentType, correlationId, sessionId, to, replyTo, properties };
}
