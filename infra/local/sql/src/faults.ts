import { setTimeout as sleep } from 'node:timers/promises';
import { TsqlError } from './engine/error.ts';
import { DroppedByFault } from './tds/dropped-by-fault.ts';

/** `match`: `login`, `commit`, or a regular expression over the text of a request. `nth`: which match it hits, and every later one when `everyAfter`. */
export interface FaultRule {
  readonly match: string;
  readonly nth?: number;
  /** How many matches in a row are hit; 1 unless said otherwise. */
  readonly times?: number;
  /** An error number, or what happens instead of an answer. */
  readonly action: number | 'drop-before' | 'drop-after-commit' | 'delay';
  readonly delayMs?: number;
}

interface Armed { readonly rule: FaultRule; readonly pattern: RegExp | undefined; seen: number }

const texts: Readonly<Record<number, string>> = {
  1205: 'Transaction was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
  1222: 'Lock request time out period exceeded.',
  4060: 'Cannot open database requested by the login. The login failed.',
  40197: 'The service has encountered an error processing your request. Please try again. Error code 40540.',
  40501: 'The service is currently busy. Retry the request after 10 seconds.',
  40613: 'Database is not currently available. Please retry the connection later.',
};

/** Errors that leave the transaction open; every other injected one takes it along, as a failover does. */
const keepsTransaction = new Set([1222, 2627, 2601, 547]);
const injected = (number: number) =>
  new TsqlError(number, texts[number] ?? `Injected error ${number}.`, { severity: number === 1205 ? 13 : 16, effect: keepsTransaction.has(number) ? 'batch' : 'rollback' });

/** What Azure does to us on a bad day, on demand. Every rule counts its own matches. */
export class Faults {
  #rules: Armed[] = [];
  #dropsAfterCommit = false;

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  replace(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule) => ({ rule, pattern: rule.match === 'login' || rule.match === 'commit' ? undefined : new RegExp(rule.match, 'is'), seen: 0 }));
    this.#dropsAfterCommit = false;
  }

  #hit(matches: (armed: Armed) => boolean): FaultRule | undefined {
    for (const armed of this.#rules) {
      if (!matches(armed)) continue;
      armed.seen += 1;
      const first = armed.rule.nth ?? 1;
      if (armed.seen >= first && armed.seen < first + (armed.rule.times ?? 1)) return armed.rule;
    }
    return undefined;
  }

  async login(): Promise<TsqlError | undefined> {
    const rule = this.#hit(({ rule: { match } }) => match === 'login');
    if (!rule) return undefined;
    if (rule.action === 'delay') await sleep(rule.delayMs ?? 1000);
    return typeof rule.action === 'number' ? injected(rule.action) : undefined;
  }

  /** Before a request runs. */
  async before(sql: string): Promise<TsqlError | 'drop-before' | 'drop-after' | undefined> {
    if (this.isEmpty) return undefined;
    const rule = this.#hit(({ pattern }) => pattern?.test(sql) ?? false);
    if (!rule) return undefined;
    if (rule.action === 'delay') await sleep(rule.delayMs ?? 1000);
    if (typeof rule.action === 'number') return injected(rule.action);
    return rule.action === 'drop-before' ? 'drop-before' : rule.action === 'drop-after-commit' ? 'drop-after' : undefined;
  }

  /** Before a commit takes effect. */
  async beforeCommit(): Promise<void> {
    const rule = this.#hit(({ rule: { match } }) => match === 'commit');
    if (!rule) return;
    if (rule.action === 'delay') await sleep(rule.delayMs ?? 1000);
    else if (rule.action === 'drop-before') throw new DroppedByFault('A fault rule dropped the connection before the commit.');
    else if (rule.action === 'drop-after-commit') this.#dropsAfterCommit = true;
    else throw injected(rule.action);
  }

  /** After a commit: is its reply to be lost? Asked once for each. */
  dropsCommitted(): boolean {
    const drops = this.#dropsAfterCommit;
    this.#dropsAfterCommit = false;
    return drops;
  }
}
