import type { CommandId } from '@checkout/kernel';
import { seconds } from '@checkout/kernel';

/** How often a sale may fail before others go first. */
const yieldsAfter = 3;
/** How often it may fail, while others succeed, before a person has to look at it. */
const parkedAfter = 8;
const firstPauseMs = 500;
const longestPauseMs = seconds(30);

interface Trouble {
  failures: number;
  /** Another sale went through after this one had begun to fail: the back end works, so it is the sale. */
  wasOvertaken: boolean;
}

/**
 * Whose turn it is to be sent, and how long to wait. Sales go in the order in which they were sold; one that keeps failing lets the others
 * pass, so that it never blocks them, and is given up when the others show that nothing else is wrong.
 */
export class Turns {
  readonly #troubles = new Map<CommandId, Trouble>();
  #failuresInARow = 0;

  next(waiting: readonly { readonly commandId: CommandId }[]): CommandId | undefined {
    const yielding = ({ commandId }: { readonly commandId: CommandId }) => (this.#troubles.get(commandId)?.failures ?? 0) >= yieldsAfter;
    const patient = waiting.find((sale) => !yielding(sale));
    if (patient) return patient.commandId;
    // All keep failing: each in turn, so that the one which can go through is found.
    return waiting.toSorted((a, b) => this.#failuresOf(a.commandId) - this.#failuresOf(b.commandId))[0]?.commandId;
  }

  succeeded(commandId: CommandId): void {
    this.#troubles.delete(commandId);
    this.#failuresInARow = 0;
    for (const trouble of this.#troubles.values()) trouble.wasOvertaken = true;
  }

  /** @returns whether the sale itself is to blame, and has to be parked */
  failed(commandId: CommandId): boolean {
    this.#failuresInARow += 1;
    const trouble = this.#troubles.get(commandId) ?? { failures: 0, wasOvertaken: false };
    trouble.failures += 1;
    this.#troubles.set(commandId, trouble);
    const isToBlame = trouble.wasOvertaken && trouble.failures >= parkedAfter;
    if (isToBlame) this.#troubles.delete(commandId);
    return isToBlame;
  }

  /** Before the next send. @param random from 0 to 1: tills that lost one back end should not all return in one moment */
  pauseMs(random: number, retryAfterMs = 0): number {
    if (this.#failuresInARow === 0) return 0;
    const full = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(this.#failuresInARow - 1, 10));
    return Math.max(full * (0.5 + random / 2), Math.min(retryAfterMs, longestPauseMs));
  }

  #failuresOf(commandId: CommandId): number {
    return this.#troubles.get(commandId)?.failures ?? 0;
  }
}
