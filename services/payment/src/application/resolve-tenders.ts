import { seconds, type Clock, type RefundId } from '@checkout/kernel';
import { answerWithin } from '../domain/tender.ts';
import type { AskProvider } from './ask-provider.ts';
import type { OverdueTender, OverdueTenders } from './ports.ts';

/** Tenders asked about by one sweep; the rest is due a second later. */
const tendersPerSweep = 200;
/** After a start, intents of a process that died need not wait for their due time: whoever wrote them is not there to hear the answer. */
const startLasts = seconds(5);
const startAge = seconds(3);

/** Asks again about every tender, or every part of a refund, whose answer is overdue: after a time-out, a reset, a 5xx, or the death of the process that had asked. */
export class ResolveTenders<Overdue extends OverdueTender & { readonly refundId?: RefundId } = OverdueTender> {
  readonly #tenders: OverdueTenders<Overdue>;
  readonly #askAgain: (overdue: Overdue) => Promise<void>;
  readonly #asking: Pick<AskProvider, 'isAsking'>;
  readonly #clock: Clock;
  readonly #startedAt: number;

  constructor(tenders: OverdueTenders<Overdue>, askAgain: (overdue: Overdue) => Promise<void>, asking: Pick<AskProvider, 'isAsking'>, clock: Clock = Date.now) {
    this.#tenders = tenders;
    this.#askAgain = askAgain;
    this.#asking = asking;
    this.#clock = clock;
    this.#startedAt = clock();
  }

  /** @returns how many were asked about. @throws DependencyUnavailable while the database is out. */
  async sweep(): Promise<number> {
    const now = this.#clock();
    const isStarting = now - this.#startedAt < startLasts;
    const found = await this.#tenders.find(isStarting ? now + answerWithin - startAge : now, tendersPerSweep);
    const overdue = found.filter((tender) => !this.#asking.isAsking(tender));
    await Promise.all(overdue.map((tender) => this.#askAgain(tender)));
    return overdue.length;
  }
}
