import type { Clock } from '@checkout/kernel';
import { seconds } from '@checkout/kernel';
import type { OfSale } from '../domain/reservation.ts';
import type { DueReservations } from './ports.ts';

/** How often the shop looks for reservations whose time is up; they are asked about at most this much late. */
export const sweepEveryMs = seconds(5);
/** Most reservations that one look takes; when there are more, the next look follows at once. */
const mostAtOnce = 500;

export interface SweepReservationsOptions {
  readonly reservations: DueReservations;
  /** Decides one reservation, together with whatever else the service is handling. */
  readonly ask: (sale: OfSale) => Promise<void>;
  /** Told when a look failed. Nothing is lost: what was due is due at the next. */
  readonly onFailure: (error: unknown) => void;
  readonly clock?: Clock;
  readonly everyMs?: number;
}

/** Has every reservation asked about soon after its time. Any number of instances may sweep: the decision is made on the row, not here. */
export class SweepReservations {
  readonly #options: SweepReservationsOptions;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<unknown> | undefined;
  #isStopped = false;

  constructor(options: SweepReservationsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#again(0);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
  }

  /** @returns whether more may be due already. */
  async sweep(): Promise<boolean> {
    const { reservations, ask, clock = Date.now } = this.#options;
    const due = await reservations.due(new Date(clock()), mostAtOnce);
    await Promise.all(due.map(ask));
    return due.length === mostAtOnce;
  }

  #again(delayMs: number): void {
    if (this.#isStopped) return;
    const { everyMs = sweepEveryMs, onFailure } = this.#options;
    this.#timer = setTimeout(() => {
      this.#sweeping = this.sweep().then(
        (hasMore) => this.#again(hasMore ? 0 : everyMs),
        (error: unknown) => {
          onFailure(error);
          this.#again(everyMs);
        },
      );
    }, delayMs).unref();
  }
}
