import type { Site } from '@checkout/local-network';
import type { ServiceName } from '@checkout/local-network';
import type { BusStrike, SqlOutage, SqlStrike } from '../plan/plan.ts';

const always = 1_000_000_000;

interface SqlRule {
  readonly match: string;
  readonly action: number | string;
  readonly nth?: number;
  readonly times?: number;
  readonly delayMs?: number;
}

const everything = (action: number | string, rest: object = {}): SqlRule => ({ match: '.', action, times: always, ...rest });
const logins = (action: number | string): SqlRule => ({ match: 'login', action, times: always });

/** How Azure SQL is out, as rules of the stand-in. */
const outages: Readonly<Record<SqlOutage, readonly SqlRule[]>> = {
  failover: [everything(40_613), logins(40_613)],
  throttled: [everything(10_928)],
  // A rotated secret: what is connected goes, and nobody gets in.
  credentials: [everything('drop-before'), logins(18_456)],
  'read-only': [{ match: '\\b(INSERT|UPDATE|DELETE)\\b', action: 3_906, times: always }],
  'black-hole': [everything('black-hole'), logins('black-hole')],
  slow: [everything('delay', { delayMs: 700 })],
};

const strikes: Readonly<Record<SqlStrike, SqlRule>> = {
  'commit-reply-lost': { match: 'commit', action: 'drop-after-commit' },
  'commit-lost': { match: 'commit', action: 'drop-before' },
  'connection-lost': { match: '.', action: 'drop-before' },
  'reply-cut': { match: 'SELECT', action: 'drop-mid-result' },
  deadlock: { match: 'INSERT', action: 1_205 },
};

/** Asks the stand-ins to fail. What is asked of one that is down waits until it is back. */
export class FaultDesk {
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
  }

  /** @returns the names of the rules, by which they are taken away again. */
  async breakSql(name: string, database: ServiceName, outage: SqlOutage): Promise<readonly string[]> {
    const rules = outages[outage].map((rule, index) => ({ ...rule, name: `${name}.${index}`, database }));
    await this.#sql({ add: rules });
    return rules.map((rule) => rule.name);
  }

  async strikeSql(name: string, database: ServiceName, strike: SqlStrike, nth: number, times: number): Promise<void> {
    await this.#sql({ add: [{ ...strikes[strike], name, database, nth, times }] });
  }

  async healSql(names: readonly string[]): Promise<void> {
    await this.#sql({ remove: names });
  }

  /** How often each rule was hit so far. */
  async sqlHits(): Promise<ReadonlyMap<string, number>> {
    const rules = (await this.#ask('GET', this.#sqlUrl)) as readonly { readonly name?: string; readonly hits: number }[];
    return new Map(rules.flatMap(({ name, hits }) => (name === undefined ? [] : [[name, hits] as const])));
  }

  /** Kinds of strike that are still in force and have hit nothing at all. */
  async busUnstruck(): Promise<ReadonlySet<string>> {
    const inForce = (await this.#ask('GET', `http://127.0.0.1:${this.#site.ports.bus}/faults`)) as readonly { readonly fault: string; readonly struck: number }[];
    return new Set(inForce.filter(({ struck }) => struck === 0).map(({ fault }) => fault));
  }

  async strikeBus(strike: BusStrike, entity: string | undefined, times: number): Promise<void> {
    await this.#bus({ inject: [{ fault: strike, ...(entity !== undefined && { entity }), times }] });
  }

  async blackHoleBus(forMs: number): Promise<void> {
    await this.#bus({ inject: [{ fault: 'black-hole', forMs }] });
  }

  /** Takes the place of an earlier one: one strike at a time. */
  async strikeProvider(on: string, fault: object, times: number): Promise<void> {
    await this.#ask('POST', this.#providerUrl, [{ ...fault, on, times }]);
  }

  /** Ends every fault in force, at all of them. */
  async clear(): Promise<void> {
    await Promise.all([this.#ask('POST', this.#sqlUrl, []), this.#bus({ clear: true }), this.#ask('POST', this.#providerUrl, [])]);
  }

  get #providerUrl(): string {
    return `${this.#site.url('provider')}/faults`;
  }

  get #sqlUrl(): string {
    return `http://127.0.0.1:${this.#site.ports.sqlAdmin}/faults`;
  }

  async #sql(body: unknown): Promise<void> {
    await this.#ask('POST', this.#sqlUrl, body);
  }

  async #bus(body: unknown): Promise<void> {
    await this.#ask('POST', `http://127.0.0.1:${this.#site.ports.bus}/faults`, body);
  }

  async #ask(method: string, url: string, body?: unknown): Promise<unknown> {
    const giveUpAt = Date.now() + 60_000;
    for (;;) {
      try {
        const answer = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }), signal: AbortSignal.timeout(15_000) });
        if (!answer.ok) throw new TypeError(`${url} answered ${answer.status}: ${await answer.text()}`);
        return await answer.json();
      } catch (error) {
        // The stand-in itself may be the one that was killed or paused. A refused fault is a mistake of ours and stays one.
        if (Date.now() > giveUpAt || (error instanceof TypeError && error.message.startsWith('http'))) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }
}
