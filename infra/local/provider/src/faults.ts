import { Invalid } from './requests.ts';

export const operations = ['authorize', 'capture', 'void', 'refund', 'lookup'] as const;
/** What a caller may ask for. `lookup` is a question by reference. */
export type Operation = (typeof operations)[number];

const effects = ['done', 'never', 'later', 'twice'] as const;
const replies = ['given', 'lost', 'reset', 'late', 'other-amount', 'other-currency', 'unknown'] as const;
const notices = ['once', 'first', 'never', 'twice', 'late'] as const;

/** What goes otherwise than it should with one request. Three things can, each by itself: whether it is done, what is answered, what the webhook tells. */
export interface Fault {
  /** `done` unless said otherwise; `never` with an error for a reply. `later`: after `delayMs`. `twice`: the network brings the request twice. */
  readonly effect?: (typeof effects)[number];
  /**
   * `given` unless said otherwise. `lost`: no answer, the connection stays. `reset`: hung up. `late`: after `delayMs`. `other-…`: the echo
   * differs from what was asked. `unknown`: a lookup finds nothing. A number: that status.
   */
  readonly reply?: (typeof replies)[number] | number;
  /** With a status of 429 or 503. */
  readonly retryAfterSeconds?: number;
  /** An error that every repeat under the same key gets again, as Stripe's first API does. */
  readonly isKept?: boolean;
  /** `first`: before the answer. `late`: after `delayMs`. */
  readonly webhook?: (typeof notices)[number];
  readonly delayMs?: number;
}

/** A fault, and which requests it befalls. */
export interface FaultRule extends Fault {
  readonly on: Operation | 'any';
  /** How the reference begins; every reference when absent. */
  readonly reference?: string;
  /** The first match that is hit: 1 unless said otherwise. */
  readonly nth?: number;
  /** How many matches are hit: 1 unless said otherwise, without end for a rule with a probability. 0 is without end. */
  readonly times?: number;
  /** Each match is hit with this probability, by a generator of its own that starts from `seed` (1). */
  readonly probability?: number;
  readonly seed?: number;
}

interface Armed {
  readonly rule: FaultRule;
  readonly random: () => number;
  seen: number;
  hits: number;
}

/** What a payment provider does to a merchant on a bad day, on demand. Every rule counts its own matches; the first that hits decides. */
export class Faults {
  #rules: Armed[] = [];

  replace(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule) => ({ rule, random: generator(rule.seed ?? 1), seen: 0, hits: 0 }));
  }

  inForce(): readonly (FaultRule & { readonly seen: number; readonly hits: number })[] {
    return this.#rules.map(({ rule, seen, hits }) => ({ ...rule, seen, hits }));
  }

  strike(operation: Operation, reference: string): Fault | undefined {
    for (const armed of this.#rules) {
      const { on, reference: prefix = '', nth = 1, probability, times = probability === undefined ? 1 : 0 } = armed.rule;
      if ((on !== 'any' && on !== operation) || !reference.startsWith(prefix)) continue;
      armed.seen += 1;
      if (armed.seen < nth || (times > 0 && armed.hits >= times)) continue;
      if (probability !== undefined && armed.random() >= probability) continue;
      armed.hits += 1;
      return armed.rule;
    }
    return undefined;
  }
}

const numbers = ['retryAfterSeconds', 'delayMs', 'nth', 'times', 'probability', 'seed'] as const;
const known: ReadonlySet<string> = new Set(['on', 'reference', 'effect', 'reply', 'isKept', 'webhook', ...numbers]);

/** @throws Invalid for a rule that would not do what its writer meant. */
export function faultRulesOf(body: unknown): FaultRule[] {
  const rules: unknown[] = Array.isArray(body) ? body : [body];
  return rules.map((rule) => {
    if (typeof rule !== 'object' || rule === null) throw invalid('a rule is an object');
    const { on, reference, effect, reply, isKept, webhook } = rule as Readonly<Record<string, unknown>>;
    const unknownName = Object.keys(rule).find((name) => !known.has(name));
    if (unknownName !== undefined) throw invalid(`there is no ${unknownName}`);
    if (!isOneOf([...operations, 'any'], on)) throw invalid(`on is one of ${operations.join(', ')}, any`);
    if (reference !== undefined && typeof reference !== 'string') throw invalid('reference is a text');
    if (effect !== undefined && !isOneOf(effects, effect)) throw invalid(`effect is one of ${effects.join(', ')}`);
    if (reply !== undefined && !isOneOf(replies, reply) && !isStatus(reply)) throw invalid(`reply is a status or one of ${replies.join(', ')}`);
    if (webhook !== undefined && !isOneOf(notices, webhook)) throw invalid(`webhook is one of ${notices.join(', ')}`);
    if (isKept !== undefined && typeof isKept !== 'boolean') throw invalid('isKept is true or false');
    for (const name of numbers) if (name in rule && typeof (rule as Readonly<Record<string, unknown>>)[name] !== 'number') throw invalid(`${name} is a number`);
    return rule as FaultRule;
  });
}

const invalid = (what: string): Invalid => new Invalid('invalid_fault', `A fault cannot be read: ${what}.`);
const isOneOf = (names: readonly string[], value: unknown): boolean => typeof value === 'string' && names.includes(value);
const isStatus = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 400 && value < 600;

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
