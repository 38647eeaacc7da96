import { classify } from './classify.ts';

/** Shorter than the shortest wait between two probes of one lane (`probeDelaysMs`), so that a lane always tries its own again. */
const sharedForMs = 3_000;

/**
 * A refused login is refused for every lane of a process: they use the same one. So one lane's refusal answers the probes of the others that come
 * right after it, and a server that counts wrong logins (or blocks the address they come from) counts about one for each process and round.
 */
export class LoginRefusals {
  readonly #clock: () => number;
  readonly #refused = new Map<string, { readonly error: unknown; readonly at: number }>();

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** @throws what `attempt` throws, or the refusal that another attempt with the same login has met just now. */
  async probe(login: string, attempt: () => Promise<void>): Promise<void> {
    const known = this.#refused.get(login);
    if (known && this.#clock() - known.at < sharedForMs) throw known.error;
    try {
      await attempt();
      this.#refused.delete(login);
    } catch (error) {
      if (classify(error).kind === 'credentials') this.#refused.set(login, { error, at: this.#clock() });
      throw error;
    }
  }
}
