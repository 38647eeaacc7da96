import { minutes, seconds } from '@checkout/kernel';
import type { BackEnd } from '../api/back-end.ts';
import type { TillDatabase } from '../journal/indexed-db.ts';
import type { Limits } from '../journal/limits.ts';
import { cashAlone, trusted, type SignedLimits, type Trusted } from '../journal/signed-limits.ts';
import type { Shown } from './shown.ts';
import { sleep } from './sleep.ts';

const everyMs = minutes(30);
const againMs = seconds(10);

/** Keeps what the back end allows this till to take on cards alone. What it holds is verified each time it is read from the device, and each minute. */
export class LimitsKeeper {
  readonly #shown: Shown;
  readonly #database: TillDatabase;
  readonly #backEnd: BackEnd;
  #trusted: Trusted = { fault: 'limits-missing' };

  constructor(shown: Shown, database: TillDatabase, backEnd: BackEnd) {
    this.#shown = shown;
    this.#database = database;
    this.#backEnd = backEnd;
  }

  /** At this moment: limits that have ended meanwhile are none. */
  get now(): Limits {
    return 'limits' in this.#trusted && Date.now() < this.#trusted.until ? this.#trusted.limits : cashAlone;
  }

  async start(stopped: AbortSignal): Promise<void> {
    await this.#trust((await this.#database.get('kept', 'limits')) as SignedLimits | undefined);
    void this.#renew(stopped);
  }

  async #renew(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const signed = await this.#backEnd.limits();
      if (signed) {
        await this.#database.put('kept', signed, 'limits').catch(() => undefined);
        await this.#trust(signed);
      } else if ('until' in this.#trusted && Date.now() >= this.#trusted.until) {
        this.#trusted = { fault: 'limits-ended' };
        this.#shown.set({ limitsFault: 'limits-ended' });
      }
      await sleep(signed ? everyMs : againMs, stopped);
    }
  }

  async #trust(signed: SignedLimits | undefined): Promise<void> {
    this.#trusted = await trusted(signed, this.#shown.view.tillId, Date.now());
    this.#shown.set({ limitsFault: 'fault' in this.#trusted ? this.#trusted.fault : undefined });
  }
}
