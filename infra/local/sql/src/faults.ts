import { setTimeout as sleep } from 'node:timers/promises';
import { TsqlError } from './engine/error.ts';
import { DroppedByFault } from './tds/dropped-by-fault.ts';

/** What happens to a request instead of its answer. */
export const interferences = ['drop-before', 'drop-after-commit', 'drop-mid-result', 'first-packet', 'black-hole', 'delay'] as const;
export type Interference = (typeof interferences)[number];
export type Interrupted = Exclude<Interference, 'delay'>;

/** `match`: `login`, `commit`, or a regular expression over the text of a request. */
export interface FaultRule {
  /** By which `inForce` and `remove` know it. */
  readonly name?: string;
  readonly match: string;
  /** Only in this database. */
  readonly database?: string;
  /** The first match that is hit: 1 unless said otherwise. */
  readonly nth?: number;
  /** How many matches are hit: 1 unless said otherwise, without end for a rule with a probability. */
  readonly times?: number;
  /** Each match is hit with this probability, by a generator of its own that starts from `seed` (1). */
  readonly probability?: number;
  readonly seed?: number;
  /** An error number, or what happens instead of an answer. */
  readonly action: number | Interference;
  readonly delayMs?: number;
}

interface Armed { readonly rule: FaultRule; readonly pattern: RegExp | undefined; readonly random: () => number; seen: number; hits: number }

const texts: Readonly<Record<number, string>> = {
  1205: 'Transaction was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
  1222: 'Lock request time out period exceeded.',
  4060: 'Cannot open database requested by the login. The login failed.',
  40197: 'The service has encountered an error processing your request. Please try again. Error code 40540.',
  40501: 'The service is currently busy. Retry the request after 10 seconds.',
  10928: 'Resource ID : 1. The request limit for the database is 0 and has been reached.',
  10929: 'Resource ID : 1. The server is currently too busy to support requests of this database. Please try again later.',
  49918: 'Cannot process request. Not enough resources to process request. Please retry your request later.',
  49919: 'Cannot process create or update request. Too many create or update operations in progress for the subscription.',
  49920: 'Cannot process request. Too many operations in progress for the subscription. Please try again later.',
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
    this.#rules = rules.map(armed);
    this.#dropsAfterCommit = false;
  }

  /** Further rules; those in force keep their counts. */
  add(rules: readonly FaultRule[]): void {
    this.#rules = [...this.#rules, ...rules.map(armed)];
  }

  remove(names: readonly string[]): void {
    this.#rules = this.#rules.filter(({ rule: { name } }) => name === undefined || !names.includes(name));
  }

  /** Every rule with how many matches it has seen and how many of them it hit. */
  inForce(): readonly (FaultRule & { readonly seen: number; readonly hits: number })[] {
    return this.#rules.map(({ rule, seen, hits }) => ({ ...rule, seen, hits }));
  }

  #hit(database: string, matches: (armed: Armed) => boolean): FaultRule | undefined {
    for (const armed of this.#rules) {
      const { rule } = armed;
      if (rule.database !== undefined && rule.database.toLowerCase() !== database.toLowerCase()) continue;
      if (!matches(armed)) continue;
      armed.seen += 1;
      if (armed.seen < (rule.nth ?? 1) || armed.hits >= (rule.times ?? (rule.probability === undefined ? 1 : Number.POSITIVE_INFINITY))) continue;
      if (rule.probability !== undefined && armed.random() >= rule.probability) continue;
      armed.hits += 1;
      return rule;
    }
    return undefined;
  }

  async login(database: string): Promise<TsqlError | Interrupted | undefined> {
    const rule = this.#hit(database, ({ rule: { match } }) => match === 'login');
    return rule && outcome(rule);
  }

  /** Before a request runs. */
  async before(sql: string, database: string): Promise<TsqlError | Interrupted | undefined> {
    const rule = this.#hit(database, ({ pattern }) => pattern?.test(sql) ?? false);
    return rule && outcome(rule);
  }

  /** Before a commit takes effect. */
  async beforeCommit(database: string): Promise<void> {
    const rule = this.#hit(database, ({ rule: { match } }) => match === 'commit');
    if (!rule) return;
    const action = await outcome(rule);
    if (action instanceof TsqlError) throw action;
    if (action === 'drop-after-commit') this.#dropsAfterCommit = true;
    else if (action !== undefined) throw new DroppedByFault('A fault rule dropped the connection before the commit.');
  }

  /** After a commit: is its reply to be lost? Asked once for each. */
  dropsCommitted(): boolean {
    const drops = this.#dropsAfterCommit;
    this.#dropsAfterCommit = false;
    return drops;
  }
}

const armed = (rule: FaultRule): Armed =>
  ({ rule, pattern: rule.match === 'login' || rule.match === 'commit' ? undefined : new RegExp(rule.match, 'is'), random: generator(rule.seed ?? 1), seen: 0, hits: 0 });

/** Waits out a delay, which changes nothing else. */
async function outcome({ action, delayMs }: FaultRule): Promise<TsqlError | Interrupted | undefined> {
  if (typeof action === 'number') return injected(action);
  if (action !== 'delay') return action;
  await sleep(delayMs ?? 1000);
  return undefined;
}

/** Mulberry32: the same seed gives the same faults. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
