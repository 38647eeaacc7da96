import type { Log } from '@checkout/local-network';

export interface LogLine {
  /** Milliseconds since 1970, when the line came. */
  readonly at: number;
  readonly program: string;
  readonly line: string;
}

/** Card numbers that the tills leak on purpose. They pass Luhn, are issued to nobody, and must be found nowhere. */
export const leakedCards: readonly string[] = ['4111111111111111', '5555555555554444', '378282246310005'];

const worthKeeping = /"level":"(warn|error|fatal)"|breaker|crashed|ended/;

/** What the programs print: searched as it comes for what must never be there, and the telling lines kept. */
export class LogBook {
  readonly kept: LogLine[] = [];
  readonly crashes: LogLine[] = [];
  readonly leaks: LogLine[] = [];
  readonly #last: string[] = [];
  readonly #keep: number;

  constructor(keep = 5_000) {
    this.#keep = keep;
  }

  readonly log: Log = (program, line) => {
    const entry = { at: Date.now(), program, line };
    if (/uncaughtException|unhandledRejection/.test(line)) this.crashes.push(entry);
    if (leakedCards.some((card) => line.includes(card)) || /tok_[a-z]/.test(line)) this.leaks.push(entry);
    if (worthKeeping.test(line)) this.kept.push(entry);
    if (this.kept.length > this.#keep) this.kept.shift();
    this.#last.push(`${program.padEnd(12)} ${line}`);
    if (this.#last.length > 80) this.#last.shift();
  };

  last(count = 40): string {
    return this.#last.slice(-count).join('\n');
  }
}
