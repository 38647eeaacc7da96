import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { topology, type Message } from '@checkout/contracts';
import { minutes, partitionCount, seconds } from '@checkout/kernel';
import { counter, gauge, type Logger } from '@checkout/observability';
import { ReplaySpeed } from '@checkout/resilience';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { Bus } from './bus.ts';
import { describe } from './bus-error.ts';
import { fromServiceBus } from './codec.ts';
import type { Handler } from './handler.ts';
import { InvalidMessage } from './invalid-message.ts';
import type { Operations } from './operations.ts';
import type { Pipeline } from './pipeline.ts';
import { predictionOf, type Prediction } from './prediction.ts';
import { Pump } from './pump.ts';
import type { ReplayOptions } from './replay.ts';
import { Sweeper } from './sweeper.ts';
import type { Result, Work } from './work.ts';

const handledTotal = counter('messages_handled_total', 'Messages handled, by type and outcome', ['type', 'outcome']);

/** How often each subscription's oldest message is looked at. */
const lookMs = seconds(30);
/** A message that waits for so long while nothing at all is received: the receivers have stopped without saying so. */
const noProgressMs = seconds(60);
/** Another instance may be busy with the message that we see waiting, so we rebuild for that reason rarely. */
const betweenRebuildsMs = minutes(5);

export interface ServiceBusServerOptions<Need, Rows, Change, Effect> {
  readonly bus: Bus;
  readonly pipeline: Pipeline<Need, Rows, Change, Effect>;
  readonly sweeper: Sweeper;
  /** The service's name on the topology: every subscription of that name is received. */
  readonly subscription: string;
  readonly logger: Logger;
  /** Resolves when the service's database can be used again. */
  readonly untilAvailable: () => Promise<void>;
  /** How fast a backlog is let through, so that live sales do not feel it. */
  readonly replaySpeed?: ReplayOptions['speed'];
  /** Tells the operators of pauses and rebuilt clients. */
  readonly operations?: Operations;
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
  #looking: NodeJS.Timeout | undefined;
  #rebuiltAt = -Infinity;
  readonly #oldest = new Map<string, number>();

  constructor(options: ServiceBusServerOptions<Need, Rows, Change, Effect>) {
    super();
    this.#options = options;
  }

  listen(callback: (error?: unknown) => void): void {
    void this.#listenThenTell(callback);
  }

  /** Takes no more messages; those at hand are finished first. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
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
    const { bus, subscription, logger, untilAvailable, replaySpeed = new ReplaySpeed({ isStrained: () => false }), defectPauseMs, operations } = this.#options;
    this.#pumps = topology
      .filter((topic) => topic.subscriptions.some(({ name }) => name === subscription))
      .map(({ name: topic }) => new Pump({
        client: () => bus.client,
        topic,
        subscription,
        partitions: partitionCount,
        logger,
        untilAvailable,
        replaySpeed,
        ...(defectPauseMs && { defectPauseMs }),
        onMessage: (message, done) => this.#receive(message, done),
        onConnectionLost: (cause) => bus.suspect(describe(cause)),
        onPaused: (cause) => operations?.receivingPaused(topic, subscription, cause),
        onResumed: (pausedMs) => operations?.receivingResumed(topic, subscription, pausedMs),
      }));
    bus.onRebuilt((rebuilt) => {
      operations?.clientRebuilt('bus', rebuilt.cause, rebuilt.silentMs);
      for (const pump of this.#pumps) pump.restart();
    });
    const [first] = this.#pumps;
    if (first) bus.watch(first.topic, subscription);
    this.#looking = setInterval(() => void this.#look(), lookMs).unref();
    this.#showMetrics();
    gauge('bus_replay_speed', 'How many times faster than it came a backlog is, or would be, worked off', [], (self) => self.set(replaySpeed.value));
    for (const pump of this.#pumps) pump.start();
    this.#options.sweeper.start();
  }

  #showMetrics(): void {
    const each = (name: string, help: string, read: (pump: Pump) => number): void => {
      gauge(name, help, ['topic'], (self) => {
        for (const pump of this.#pumps) self.set({ topic: pump.topic }, read(pump));
      });
    };
    each('bus_partitions_held', 'Partitions that this process holds', (pump) => pump.heldPartitions);
    each('bus_receiving_paused', '1 while receiving is paused because a dependency is down', (pump) => (pump.isPaused ? 1 : 0));
    each('bus_delivery_count_max', 'The highest delivery count received since the last look', (pump) => pump.takeHighestDelivery());
    each('bus_oldest_message_seconds', 'How long the oldest message has been waiting, when last looked at', (pump) => this.#oldest.get(pump.topic) ?? 0);
  }

  /** Receivers can stop without an error: messages wait, nothing comes, and everything says that it is well. */
  async #look(): Promise<void> {
    const { bus, subscription, logger } = this.#options;
    for (const pump of this.#pumps) {
      try {
        const oldest = await bus.oldestWaiting(pump.topic, subscription);
        const waitedMs = oldest ? Date.now() - oldest.getTime() : 0;
        this.#oldest.set(pump.topic, waitedMs / 1_000);
        const isStill = waitedMs > noProgressMs && pump.idleMs > noProgressMs && !pump.isPaused;
        if (!isStill || performance.now() - this.#rebuiltAt < betweenRebuildsMs) continue;
        this.#rebuiltAt = performance.now();
        bus.suspect(`nothing has been received from ${pump.topic} for ${Math.round(pump.idleMs / 1_000)} s although messages wait`, Math.round(pump.idleMs));
      } catch (err) {
        logger.debug({ err, topic: pump.topic }, 'the oldest message could not be looked at'); // The heartbeat is there to find out why.
      }
    }
  }

  /** What this service would do with messages now, each in the form it has on the bus. Nothing happens. @throws DependencyUnavailable */
  async predict(messages: readonly ServiceBusReceivedMessage[]): Promise<readonly Prediction[]> {
    const read = messages.map((message) => {
      try {
        return { messageId: String(message.messageId), work: this.#workOf(message, () => {}) };
      } catch (error) {
        return { messageId: String(message.messageId), error };
      }
    });
    const predicted = await this.#options.pipeline.predict(read.flatMap(({ work }) => (work ? [work] : [])));
    let next = 0;
    return read.map(({ messageId, error }) => predictionOf(messageId, error === undefined ? (predicted[next++] ?? { error: undefined }) : { error }));
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
