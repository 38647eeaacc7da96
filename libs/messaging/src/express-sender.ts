import { isServiceBusError, type ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';
import { seconds } from '@checkout/kernel';
import { Breaker, DependencyUnavailable, type BreakerPolicy, type BreakerState, type Timing, type Transition, type Verdict } from '@checkout/resilience';
import { causeOf } from './bus-error.ts';
import { toServiceBus, type Outbound } from './codec.ts';
import { connectServiceBus } from './connect.ts';
import { within } from './within.ts';

/** The bus was given the message and has not said that it has it. It may have: send the same message again, or ask its receiver. */
export class SendUnknown extends Error {
  override readonly name = 'SendUnknown';

  constructor(readonly topic: string, options?: ErrorOptions) {
    super(`whether ${topic} has the message is unknown; send the same message again`, options);
  }
}

export interface ExpressSenderOptions {
  readonly connectionString: string;
  readonly topic: string;
  readonly onTransition?: (transition: Transition) => void;
  /** The bus was given a message and did not say that it has it. Must not throw. */
  readonly onSendUnknown?: (unknown: SendUnknown) => void;
  readonly policy?: Partial<BreakerPolicy>;
  readonly timing?: Timing;
}

/** A person waits: about ten times what a healthy bus takes. */
const sendMs = 600;
const closingMs = 2_000;

const policy: Partial<BreakerPolicy> = {
  deadlineMs: sendMs, concurrency: 128, queue: 128, queueWaitMs: 100, failuresInARow: 5, rampMs: 2_000,
  probe: { goodInARow: 2, gapMs: 200, deadlineMs: 3_000, delaysMs: () => [1_000, 2_000, 4_000, 8_000] },
};

/**
 * What the bus says when it has looked at the message and not taken it, or at the sender and not at the message: nothing is stored.
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-exceptions
 */
const refusals: Readonly<Record<string, Verdict>> = {
  ServiceBusy: 'fail', QuotaExceeded: 'trip', UnauthorizedAccess: 'trip', MessagingEntityNotFound: 'trip', MessagingEntityDisabled: 'trip', MessageSizeExceeded: 'ok',
};

/**
 * Sends single messages while somebody waits for each: no retries, 600 ms, and behind a breaker, so that nobody waits for a bus that is known
 * to be away. It has a client of its own, because the SDK takes retries and time-outs per client, and because its link must not stand behind
 * what the sweeper sends after an outage.
 *
 * After a failure that may have been the connection's, the client is replaced: the SDK leaves sends hanging on a connection that is gone.
 */
export class ExpressSender implements AsyncDisposable {
  readonly #options: ExpressSenderOptions;
  readonly #breaker: Breaker;
  #client: ServiceBusClient | undefined;
  #sender: ServiceBusSender | undefined;
  readonly #retired = new Set<ServiceBusClient>();

  constructor(options: ExpressSenderOptions) {
    this.#options = options;
    this.#breaker = new Breaker({
      name: `service-bus/${options.topic}`,
      policy: { ...policy, ...options.policy },
      classify: (error) => refusals[codeOf(error)] ?? 'fail',
      probe: async () => {
        this.#replace();
        await this.#open();
      },
      ...(options.timing && { timing: options.timing }),
    });
    if (options.onTransition) this.#breaker.onTransition(options.onTransition);
  }

  /** For whoever watches it or holds it open. */
  get breaker(): Breaker {
    return this.#breaker;
  }

  get state(): BreakerState {
    return this.#breaker.state;
  }

  /** Opens the link, so that the first message need not wait for it. Never rejects: the first message finds out. */
  async warm(): Promise<void> {
    await within(seconds(3), this.#open());
  }

  /**
   * Resolves when the bus has the message on disk.
   * @throws SendUnknown when it may have it.
   * @throws DependencyUnavailable when it has not, and will not: it can be accepted elsewhere.
   */
  async send(message: Outbound): Promise<void> {
    let isSent = false;
    try {
      await this.#breaker.run(async (signal) => {
        const sender = await this.#open();
        // Whoever waited has been told that nothing was sent.
        if (signal.aborted) return;
        isSent = true;
        await sender.sendMessages(toServiceBus(message), { abortSignal: signal });
      });
    } catch (error) {
      if (error instanceof DependencyUnavailable) throw error;
      const refusal = refusals[codeOf(error)];
      if (refusal === undefined) this.#replace();
      if (refusal === 'ok') throw error;
      if (isSent && refusal === undefined) throw this.#unknown(error);
      throw new DependencyUnavailable(this.#breaker.name, this.#breaker.retryAfterMs, { cause: error });
    }
  }

  #unknown(cause: unknown): SendUnknown {
    const unknown = new SendUnknown(this.#options.topic, { cause });
    this.#options.onSendUnknown?.(unknown);
    return unknown;
  }

  async close(): Promise<void> {
    await this.#breaker[Symbol.asyncDispose]();
    await Promise.all([...this.#retired, ...(this.#client ? [this.#client] : [])].map((client) => within(closingMs, client.close())));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The sender with its link open: asking for the largest message opens it, and costs nothing once it is. */
  async #open(): Promise<ServiceBusSender> {
    this.#client ??= connectServiceBus(this.#options.connectionString, { retryOptions: { maxRetries: 0, timeoutInMs: seconds(3) } });
    this.#sender ??= this.#client.createSender(this.#options.topic);
    const sender = this.#sender;
    await sender.createMessageBatch();
    return sender;
  }

  /** The old client is closed only when what others have under way on it is over: it may still end well. */
  #replace(): void {
    const client = this.#client;
    if (!client) return;
    this.#client = undefined;
    this.#sender = undefined;
    this.#retired.add(client);
    setTimeout(() => {
      this.#retired.delete(client);
      void within(closingMs, client.close());
    }, sendMs).unref();
  }
}

const codeOf = (error: unknown): string => {
  const cause = causeOf(error);
  return isServiceBusError(cause) ? cause.code : '';
};
