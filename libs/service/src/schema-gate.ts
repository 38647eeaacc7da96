import { setTimeout as sleep } from 'node:timers/promises';
import { seconds } from '@checkout/kernel';
import type { CheckResult, Logger } from '@checkout/observability';
import { classify, missingMigrations, type Database } from '@checkout/sql';

/** `unknown`: the database has not said yet. `shut`: it answers, and does not let this service in. */
export type SchemaState =
  | { readonly kind: 'unknown' | 'current' | 'shut' }
  | { readonly kind: 'behind'; readonly missing: readonly string[] };

/** How often a schema that is behind is looked at again: a job that migrates takes longer than that. */
const againMs = seconds(2);

/** SQL Server's "login failed", or that the user may not do this: on Azure the job that migrates also makes the service's identity a user, with its rights. */
const loginFailed = 18_456;
const isRefusal = (error: unknown): boolean => {
  const { number, kind } = classify(error);
  return number === loginFailed || kind === 'permission';
};

export interface SchemaGateOptions {
  readonly service: string;
  readonly database: Pick<Database, 'query' | 'whenClosed'>;
  /** The same folders as the service's migrations run. */
  readonly folders: readonly string[];
  readonly logger: Logger;
  readonly againMs?: number;
}

/**
 * Keeps a service from its work while its database is of an older release than its code, and its revision from traffic.
 *
 * Only a database that *answers* so keeps it from being ready. One that is away says nothing, and a service that is started then is as ready as
 * one that was there before: cart accepts without its database. It receives no message until the database has answered.
 */
export class SchemaGate {
  readonly #options: SchemaGateOptions;
  readonly #closing = new AbortController();
  #state: SchemaState = { kind: 'unknown' };

  constructor(options: SchemaGateOptions) {
    this.#options = options;
  }

  get state(): SchemaState {
    return this.#state;
  }

  /** For `/health/ready`. */
  check(): CheckResult {
    const { service } = this.#options;
    switch (this.#state.kind) {
      case 'behind':
        return { ok: false, detail: `the database is older than this revision: it has not had ${this.#state.missing.join(', ')}. Run the job migrate-${service} of this revision's image` };
      case 'shut':
        return { ok: false, detail: `the database does not let ${service} in. The job migrate-${service} makes its identity a user` };
      case 'unknown':
        return { ok: true, detail: 'the database has not answered yet' };
      case 'current':
        return { ok: true };
    }
  }

  /** Asks once. @returns what the database says of itself now. */
  async ask(): Promise<SchemaState> {
    const { database, folders, logger } = this.#options;
    const before = this.#state;
    this.#state = await missingMigrations(database, folders).then(
      (missing): SchemaState => (missing.length === 0 ? { kind: 'current' } : { kind: 'behind', missing }),
      (error: unknown): SchemaState => (isRefusal(error) ? { kind: 'shut' } : before.kind === 'current' || before.kind === 'unknown' ? { kind: 'unknown' } : before),
    );
    if (this.#state.kind !== before.kind && !this.check().ok) logger.error({ detail: this.check().detail }, 'not ready: the database is not for this revision');
    if (this.#state.kind === 'current' && before.kind !== 'unknown') logger.info('the database is up to date now');
    return this.#state;
  }

  /** Resolves with true when the schema has all that this code knows, or with false when the service ends first. */
  async untilCurrent(): Promise<boolean> {
    const { database, againMs: pauseMs = againMs } = this.#options;
    try {
      while (this.#state.kind !== 'current') {
        await sleep(pauseMs, undefined, { signal: this.#closing.signal });
        await database.whenClosed();
        await this.ask();
      }
    } catch {
      return false; // Closed, the gate or the database: there is nothing to wait for.
    }
    return true;
  }

  close(): void {
    this.#closing.abort();
  }
}
