import { newCommandId } from '../device/command-id.ts';
import type { BackEnd } from '../api/back-end.ts';
import type { TillDatabase } from '../journal/indexed-db.ts';
import { basketOf, linesOf, parkedElsewhere, type Parked } from '../sale/parked.ts';
import type { Goods } from './goods.ts';
import type { Shown } from './shown.ts';

const keptHere = 'parked';
/** Under which a basket is being taken up: a tab that is loaded anew in the middle asks again under the same id, and gets the same basket. */
const takingUp = 'scanlon-till-taking-up';

/** Puts baskets aside for any till of the store, and takes them up again. Without a line they are put aside at this till alone, and that is said. */
export class Parking {
  readonly #shown: Shown;
  readonly #goods: Goods;
  readonly #database: TillDatabase;
  readonly #backEnd: BackEnd;

  constructor(shown: Shown, goods: Goods, database: TillDatabase, backEnd: BackEnd) {
    this.#shown = shown;
    this.#goods = goods;
    this.#database = database;
    this.#backEnd = backEnd;
  }

  async start(): Promise<void> {
    const interrupted = localStorage.getItem(takingUp);
    if (interrupted === null) return;
    const [parkedId = '', takeUpId = ''] = interrupted.split('/');
    await this.#takeUpAs(parkedId, takeUpId);
  }

  async park(name: string): Promise<void> {
    const { basket, catalogue, tillId } = this.#shown.view;
    if (basket.length === 0 || !catalogue || this.#shown.view.current !== undefined || this.#shown.view.isParking) return;
    this.#shown.set({ isParking: true });
    const parkedId = newCommandId();
    const lines = linesOf(basket);
    const answer = await this.#backEnd.park(parkedId, { currency: catalogue.store.currency, lines, ...(name !== '' && { name }) });
    this.#shown.set({ isParking: false });
    if (answer.kind === 'refused') return this.#shown.set({ notice: { kind: 'refused', code: answer.refusal.code } });
    if (answer.kind === 'later') {
      const here: Parked = { parkedId, name: name === '' ? undefined : name, tillId, lines, totalMinor: this.#goods.totalMinor, parkedAt: Date.now(), isHereAlone: true };
      try {
        await this.#database.put('kept', [...(await this.#here()), here], keptHere);
      } catch {
        return this.#shown.set({ notice: { kind: 'fault', fault: 'storage-failed' } });
      }
    }
    this.#shown.set({ basket: [], tenders: [], notice: { kind: 'parked', number: answer.kind === 'done' ? answer.value.number : undefined } });
    await this.refresh();
  }

  /** Those of the store and those that are here alone. What both have is the store's. */
  async refresh(): Promise<void> {
    const [found, here] = [await this.#backEnd.parked(), await this.#here()];
    const ofStore = found?.map(parkedElsewhere) ?? [];
    const known = new Set(ofStore.map(({ parkedId }) => parkedId));
    this.#shown.set({ parked: [...ofStore, ...here.filter(({ parkedId }) => !known.has(parkedId))], isParkedKnown: found !== undefined });
  }

  async takeUp(parkedId: string): Promise<void> {
    if (this.#shown.view.basket.length > 0) return this.#shown.set({ notice: { kind: 'fault', fault: 'basket-not-empty' } });
    const takeUpId = newCommandId();
    localStorage.setItem(takingUp, `${parkedId}/${takeUpId}`);
    await this.#takeUpAs(parkedId, takeUpId);
  }

  async #takeUpAs(parkedId: string, takeUpId: string): Promise<void> {
    const here = (await this.#here()).find((each) => each.parkedId === parkedId);
    const answer = await this.#backEnd.takeUp(parkedId, takeUpId);
    if (answer.kind === 'done') await this.#resume(parkedId, answer.value.lines);
    else if (answer.kind === 'taken') await this.#gone(parkedId, { kind: 'taken-elsewhere', by: answer.by, at: answer.at });
    else if (here) await this.#resume(parkedId, here.lines);
    else if (answer.kind === 'refused') await this.#gone(parkedId, { kind: 'refused', code: answer.refusal.code });
    else this.#shown.set({ notice: { kind: 'fault', fault: 'take-up-unknown' } });
  }

  async #resume(parkedId: string, lines: Parked['lines']): Promise<void> {
    this.#shown.set({ basket: basketOf(lines), tenders: [], notice: undefined });
    this.#goods.reprice();
    await this.#forget(parkedId);
  }

  async #gone(parkedId: string, notice: NonNullable<Shown['view']['notice']>): Promise<void> {
    this.#shown.set({ notice });
    await this.#forget(parkedId);
  }

  async #forget(parkedId: string): Promise<void> {
    localStorage.removeItem(takingUp);
    await this.#database.put('kept', (await this.#here()).filter((each) => each.parkedId !== parkedId), keptHere).catch(() => undefined);
    await this.refresh();
  }

  async #here(): Promise<readonly Parked[]> {
    return ((await this.#database.get('kept', keptHere)) as readonly Parked[] | undefined) ?? [];
  }
}
