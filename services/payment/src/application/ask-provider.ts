import type { Outcome } from '../domain/answer.ts';
import type { Ask, Inbox, Provider } from './ports.ts';

/** Hears what came of the questions. */
export interface Listener {
  answered(ask: Ask, outcome: Outcome, tookMs: number): void;
  /** The answer could not be noted, or the question not be put. The intent is stored, so it will be asked again. */
  lost(ask: Ask, error: unknown): void;
}

/**
 * Asks the provider what the committed intents say, all at once; the gateway limits how many are under way. Every answer comes back
 * as an input of its own. Nothing is lost with this process: what it does not get done is found again by its due time.
 */
export class AskProvider {
  readonly #provider: Provider;
  readonly #inbox: Pick<Inbox, 'providerAnswered' | 'refundAnswered'>;
  readonly #listener: Listener;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(provider: Provider, inbox: Pick<Inbox, 'providerAnswered' | 'refundAnswered'>, listener: Listener) {
    this.#provider = provider;
    this.#inbox = inbox;
    this.#listener = listener;
  }

  ask(ask: Ask): void {
    const key = keyOf(ask);
    const work = this.#ask(ask)
      .catch((error: unknown) => this.#listener.lost(ask, error))
      .finally(() => {
        if (this.#underWay.get(key) === work) this.#underWay.delete(key);
      });
    this.#underWay.set(key, work);
  }

  /** Whether an answer about this tender, or this part of a refund, is still to be expected from this process. */
  isAsking({ position, refundId, ...sale }: Pick<Ask, 'position' | 'refundId'> & Ask['sale']): boolean {
    return this.#underWay.has(keyOf({ sale, position, refundId }));
  }

  /** Resolves when every question that is under way now has been answered and noted. */
  async finished(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  async #ask(ask: Ask): Promise<void> {
    const { sale, position, round, attempt, question, traceparent } = ask;
    const startedAt = performance.now();
    const outcome = await this.#provider.ask(question, traceparent);
    this.#listener.answered(ask, outcome, performance.now() - startedAt);
    if (ask.refundId !== undefined) {
      const { refundId } = ask;
      return this.#inbox.refundAnswered({ type: 'payment.refund-answered', body: { ...sale, refundId, position, attempt, outcome } }, traceparent);
    }
    const body = { ...sale, position, operation: ask.question.operation, round, attempt, outcome };
    await this.#inbox.providerAnswered({ type: 'payment.provider-answered', body }, traceparent);
  }
}

const keyOf = ({ sale: { tenantId, saleId }, position, refundId }: Pick<Ask, 'sale' | 'position'> & { readonly refundId?: string | undefined }): string =>
  `${tenantId}/${refundId ?? saleId}:${position}`;
