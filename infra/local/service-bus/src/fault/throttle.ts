import { condition, Refusal } from '../errors.ts';

/** Lets so many sends through in a second and refuses the rest, in the service's words. */
export class Throttle {
  readonly #perSecond: number;
  #second = 0;
  #taken = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @throws Refusal beyond the rate. */
  take(entity: string): void {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#taken = 0;
    }
    this.#taken += 1;
    if (this.#taken > this.#perSecond) {
      throw new Refusal(condition.serverBusy, `The request was terminated because the entity '${entity}' is being throttled. Error code: 50002. Please wait 2 seconds and try again (fault injected).`);
    }
  }
}
