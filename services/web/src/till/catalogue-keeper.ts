import { minutes, seconds } from '@checkout/kernel';
import type { BackEnd } from '../api/back-end.ts';
import type { Session } from '../api/session.ts';
import type { TillDatabase } from '../journal/indexed-db.ts';
import type { Shown } from './shown.ts';
import { sleep } from './sleep.ts';
import type { Catalogue } from './view.ts';

const everyMs = minutes(10);
const againMs = seconds(5);

/** Keeps a copy of the catalogue on the device, so that the till can sell alone, and notices when the system no longer accepts this till. */
export class CatalogueKeeper {
  readonly #shown: Shown;
  readonly #database: TillDatabase;
  readonly #backEnd: BackEnd;
  readonly #session: Session;

  constructor(shown: Shown, database: TillDatabase, backEnd: BackEnd, session: Session) {
    this.#shown = shown;
    this.#database = database;
    this.#backEnd = backEnd;
    this.#session = session;
  }

  /** The copy of an earlier day, until a new one has been read. */
  async start(stopped: AbortSignal): Promise<void> {
    const catalogue = (await this.#database.get('kept', 'catalogue')) as Catalogue | undefined;
    if (catalogue) this.#shown.set({ catalogue });
    void this.#renew(stopped);
  }

  async read(): Promise<boolean> {
    const catalogue = await this.#backEnd.catalogue();
    if (!catalogue) return false;
    this.#shown.set({ catalogue });
    await this.#database.put('kept', catalogue, 'catalogue').catch(() => undefined);
    return true;
  }

  async #renew(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const isRead = await this.read();
      const signedIn = await this.#session.signIn();
      this.#shown.set({ isRefused: signedIn.kind === 'refused' });
      await sleep(isRead ? everyMs : againMs, stopped);
    }
  }
}
