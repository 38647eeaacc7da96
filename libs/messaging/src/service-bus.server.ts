import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { topology, type Message } from '@checkout/contracts';
import { partitionCount } from '@checkout/kernel';
import { counter, type Logger } from '@checkout/observability';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { Bus } from './bus.ts';
import { fromServiceBus } from './codec.ts';
import type { Handler } from './handler.ts';
import { InvalidMessage } from './invalid-message.ts';
import type { Pipeline } from './pipeline.ts';
import { Pump } from './pump.ts';
import { Sweeper } from './sweeper.ts';
import type { Result, Work } from './work.ts';

const handledTotal = counter('messages_handled_total', 'Messages handled, by type and outcome', ['type', 'outcome']);

export interface ServiceBusServerOptions<Need, Rows, Change, Effect> {
  readonly bus: Bus;
  readonly pipeline: Pipeline<Need, Rows, Change, Effect>;
  readonly sweeper: Sweeper;
  /** The service's name on the topology: every subscription of that name is received. */
  readonly subscription: string;
  readonly logger: Logger;
  /** Resolves when the service's database can be used again. */
  readonly untilAvailable: () => Promise<void>;
  /** For tests: how long a message that met a defect is kept before it is given back. */
  readonly defectPauseMs?: (deliveryCount: number) => number;
}

type AnyHandler<Need, Rows, Change, Effect> = Handler<Message, Need, Rows, Change, Effect, unknown>;

/**
 * Nest's transport for Service Bus topics.
 *
 * Nest collects the consumers; the handlers themselves run in the batch pipeline, which Nest's message-by-message path could not give
 * them (and which completes a message whose handler failed). So each consumer method is called once, when listening begins, and returns
 * the handler of its message type.
 */
export class ServiceBusServer<Need, Rows, Change, Effect = never> extends Server implements CustomTransportStrategy {
  readonly #options: ServiceBusServerOptions<Need, Rows, Change, Effect>;
  readonly #handlers = new Map<string, AnyHandler<Need, Rows, Change, Effect>>();
  #pumps: Pump[] = [];

  constructor(options: ServiceBusServerOptions<Need, Rows, Change, Effect>) {
    super();
    this.#options = options;
  }

  listen(callback: (error?: unknown) => void): void {
    void this.#listenThenTell(callback);
  }

  /** Takes no more messages; those at hand are finished first. */
  async close(): Promise<void> {
    await Promise.all([this.#options.sweeper.stop(), ...this.#pumps.map((pump) => pump.stop())]);
    await this.#options.pipeline.close();
  }

  /** Subscriptions that are paused because a dependency is down. */
  get pausedCount(): number {
    return this.#pumps.filter(({ isPaused }) => isPaused).length;
  }

  /** Some partition may never be consumed again by this process: it should be replaced. */
  get isStuck(): boolean {
    return this.#pumps.some(({ isStuck }) => isStuck);
  }

  override on(): never {
    throw new Error('The Service Bus transport has no events; watch the metrics instead.');
  }

  override unwrap<T>(): T {
    return this.#options.bus.client as T;
  }

  async #listenThenTell(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.#listen();
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  async #listen(): Promise<void> {
    for (const [type, ask] of this.messageHandlers) {
      const handler: unknown = await lastValueFrom(this.transformToObservable(await ask(undefined, undefined)));
      this.#handlers.set(type, handler as AnyHandler<Need, Rows, Change, Effect>);
    }
    const { bus, subscription, logger, untilAvailable, defectPauseMs } = this.#options;
    this.#pumps = topology
      .filter((topic) => topic.subscriptions.some(({ name }) => name === subscription))
      .map(({ name: topic }) => new Pump({
        client: bus.client,
        topic,
        subscription,
        partitions: partitionCount,
        logger,
        untilAvailable,
        ...(defectPauseMs && { defectPauseMs }),
        onMessage: (message, done) => this.#receive(message, done),
      }));
    for (const pump of this.#pumps) pump.start();
    this.#options.sweeper.start();
  }

  #receive(received: ServiceBusReceivedMessage, done: (result: Result) => void): void {
    let work: Work<Need, Rows, Change, Effect>;
    try {
      work = this.#workOf(received, done);
    } catch (error) {
      handledTotal.inc({ type: 'unreadable', outcome: 'failed' });
      done({ ok: false, error });
      return;
    }
    this.#options.pipeline.take(work);
  }

  #workOf(received: ServiceBusReceivedMessage, done: (result: Result) => void): Work<Need, Rows, Change, Effect> {
    const { message, envelope } = fromServiceBus(received);
    const handler = this.#handlers.get(message.type);
    if (!handler) throw new InvalidMessage('type-unexpected', `${this.#options.subscription} does not handle ${message.type}; it was sent to the wrong topic.`);
    return {
      handler, message, envelope, isFromBus: true,
      done: (result) => {
        handledTotal.inc({ type: message.type, outcome: result.ok ? 'handled' : 'failed' });
        done(result);
      },
    };
  }
}
