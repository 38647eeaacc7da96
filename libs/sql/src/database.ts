import { blame,
  Breaker, BulkheadFull, DependencyUnavailable, fullJitterMs, realTiming, RetryBudget, sleep,
  type BreakerPolicy, type BreakerState, type Timing, type Transition,
} from '@checkout/resilience';
import { counter, histogram } from '@checkout/observability';
import { ZodError, type z } from 'zod';
import { budgets, probeBudget, type Lane } from './budgets.ts';
import { classify, probeDelaysMs, type Classified, type Kind } from './classify.ts';
import { Connector, type Dispatch, type Recordset } from './connector.ts';
import { CommitUnknown, Conflict, RowMismatch, RowsTaken } from './errors.ts';
import { LoginRefusals } from './login-refusals.ts';
import type { Logger } from './logger.ts';
import type { PoolFigures } from './pool.ts';
import { probeRead, probeWrite } from './probe.ts';
import { scoped, type Scope } from './scope.ts';
import { nothing, sql, type Sql } from './sql.ts';

export interface DatabaseOptions {
  /** As `mssql` reads it: `Server=host,1433;Database=cart;User Id=…;Password=…;Encrypt=true`, or with `Authentication=…`. */
  readonly connectionString: string;
  /** Whose database it is, as in `cart`. With the lane it names the breaker. */
  readonly name: string;
  /** `work` unless said otherwise. */
  readonly lane?: Lane;
  readonly logger?: Logger;
  readonly onTransition?: (transition: Transition) => void;
  /** A unit of work was sent and no answer came. Must not throw. */
  readonly onCommitUnknown?: (cause: unknown) => void;
  /** Overrides of the lane's budget; for tests and unusual databases. */
  readonly policy?: Partial<BreakerPolicy>;
  readonly timing?: Timing;
}

/** The asking half of a database. */
export type Reader = Pick<Database, 'query' | 'queries'>;

/** A chosen victim may simply run again; nothing of it remains. Twice more, 20–100 ms apart, unless a second has passed. */
const retries = { retries: 2, firstMs: 50, maxMs: 100, withinMs: 1_000 };
const retriable: ReadonlySet<Kind> = new Set<Kind>(['deadlock', 'snapshot', 'lock-timeout', 'dirty-connection']);

/** For rows that somebody else keeps: less than the driver waits, so that the server ends it and says that nothing was done. Where a till waits the driver's limit is less. */
const lockTimeout = sql`SET LOCK_TIMEOUT 1000;`;

/** After these the server had rolled back before it answered, so a commit is known not to have happened. */
const rolledBack: ReadonlySet<Kind> = new Set<Kind>(['throttled', 'read-only', 'full', 'resources']);

/** Of this process: its lanes share a login. */
const loginRefusals = new LoginRefusals();

const sqlSeconds = histogram('sql_seconds', 'From a place in the bulkhead to the answer of one batch, by database and lane', ['database']);
const errorTotal = counter('sql_error_total', 'Errors of statements, by database and lane, SQL Server\'s number (none: not the server\'s) and what kind it is', ['database', 'number', 'kind']);
const commitUnknownTotal = counter('commit_unknown_total', 'Units of work that were sent and never answered', ['database']);
const dirtyConnectionTotal = counter('dirty_connection_total', 'Connections that were found with a transaction of somebody else; must stay 0', ['database']);

/**
 * One database in one lane, as a service sees it: statements go through a breaker to a pool of their own. Connections are made when first needed.
 * What every method promises: it settles within the lane's deadline (plus what it waits for a place), and an outage is always
 * `DependencyUnavailable`, never a driver's error.
 */
export class Database implements AsyncDisposable {
  readonly name: string;
  /** For whoever watches it or holds it open; statements go through `query` and `commit`. */
  readonly breaker: Breaker;
  readonly #connector: Connector;
  readonly #prober: Connector;
  readonly #retryBudget = new RetryBudget();
  readonly #timing: Timing;
  readonly #logger: Logger | undefined;
  readonly #onCommitUnknown: ((cause: unknown) => void) | undefined;
  readonly #seconds: { observe(seconds: number): void };
  /** Of what says nothing else. Only the `read` lane has none: who forgets to say whose rows are meant there finds no tenant's rows. */
  readonly #scope: Scope | undefined;
  readonly #lane: Lane;
  #closed = false;

  static open(options: DatabaseOptions): Database {
    return new Database(options);
  }

  private constructor({ connectionString, name, lane = 'work', logger, onTransition, onCommitUnknown, policy, timing = realTiming }: DatabaseOptions) {
    this.name = `${name}/${lane}`;
    this.#timing = timing;
    this.#logger = logger;
    this.#onCommitUnknown = onCommitUnknown;
    this.#seconds = sqlSeconds.labels({ database: this.name });
    errorTotal.inc({ database: this.name, number: 'none', kind: 'timeout' }, 0);
    commitUnknownTotal.inc({ database: this.name }, 0);
    dirtyConnectionTotal.inc({ database: this.name }, 0);
    this.#scope = lane === 'read' ? undefined : 'service';
    this.#lane = lane;
    const budget = budgets[lane];
    const onError = (error: unknown): void => logger?.warn({ err: error, database: this.name }, 'an idle connection broke');
    this.#connector = new Connector(connectionString, this.name, budget.driver, onError);
    this.#prober = new Connector(connectionString, `${this.name}/probe`, probeBudget, onError);
    const probe = lane === 'read' ? probeRead : probeWrite;
    const merged = { ...budget.breaker, ...policy };
    this.breaker = new Breaker({
      name: this.name,
      policy: { ...merged, probe: merged.probe ?? { goodInARow: 3, gapMs: 200, deadlineMs: 400, delaysMs: probeDelaysMs } },
      classify: (error) => classify(error).verdict,
      kindOf: (error) => classify(error).kind,
      probe: (signal) => loginRefusals.probe(connectionString, () => probe(this.#prober, signal)),
      timing,
    });
    this.breaker.onTransition((transition) => {
      if (transition.to === 'ramping') this.#connector.renew();
      const { cause, ...change } = transition;
      if (transition.to === 'open') logger?.error({ ...change, err: cause }, 'database unavailable: breaker opened');
      else logger?.info(change, 'breaker changed');
      onTransition?.(transition);
    });
  }

  get state(): BreakerState {
    return this.breaker.state;
  }

  /** 0 unless the breaker is open. */
  get retryAfterMs(): number {
    return this.breaker.retryAfterMs;
  }

  /** Resolves when statements may pass again: what a paused receiver waits for. @throws DependencyUnavailable when the database is closed first. */
  whenClosed(): Promise<void> {
    return this.breaker.whenClosed();
  }

  /** Calls the listener at every change of the breaker's state. @returns what ends that. */
  onTransition(listener: (transition: Transition) => void): () => void {
    return this.breaker.onTransition(listener);
  }

  /** For metrics. */
  get figures(): { readonly pool: PoolFigures; readonly retryTokens: number } {
    return { pool: this.#connector.figures, retryTokens: this.#retryBudget.tokens };
  }

  /** For readiness at start-up: resolves when the database answers. @throws DependencyUnavailable */
  async ready(): Promise<void> {
    await this.#run(sql`SELECT 1 AS one;`);
  }

  /**
   * The rows of one recordset, as `row` says they are. For reads: it may run twice.
   * @throws RowMismatch when a row is not what `row` says: table and code have drifted apart.
   * @throws TooManyRows
   * @throws DependencyUnavailable
   */
  async query<R extends z.ZodType>(row: R, statement: Sql): Promise<z.output<R>[]> {
    const [rows] = await this.queries([row], statement);
    return rows as z.output<R>[];
  }

  /** For one caller: whatever a statement forgets to ask for, the database shows it this tenant's rows only. */
  forTenant(tenantId: string): Reader {
    return this.#within({ tenantId });
  }

  /** For what is everybody's alike, as time passing is. Each row that is found is then handled under its own tenant. */
  forEveryTenant(): Reader {
    return this.#within('service');
  }

  #within(scope: Scope): Reader {
    return {
      query: async (row, statement) => {
        const [rows] = await this.#read([row], statement, scope);
        return rows as z.output<typeof row>[];
      },
      queries: (rows, statement) => this.#read(rows, statement, scope),
    };
  }

  /** As `query`, for a batch of several SELECTs in one round trip: one array for each of `rows`, in order. */
  queries<const Rows extends readonly z.ZodType[]>(rows: Rows, statement: Sql): Promise<{ -readonly [I in keyof Rows]: z.output<Rows[I]>[] }> {
    return this.#read(rows, statement, this.#scope);
  }

  async #read<const Rows extends readonly z.ZodType[]>(rows: Rows, statement: Sql, scope: Scope | undefined): Promise<{ -readonly [I in keyof Rows]: z.output<Rows[I]>[] }> {
    const recordsets = await this.#run(scoped(scope, statement), 'read', scope !== this.#scope);
    if (recordsets.length !== rows.length) {
      throw new Error(`${recordsets.length} recordsets came where ${rows.length} were expected: ${statement.text.trim().slice(0, 200)}`);
    }
    try {
      const parsed = rows.map((row, index) => (recordsets[index] ?? []).map((values) => row.parse(values)));
      return parsed as { -readonly [I in keyof Rows]: z.output<Rows[I]>[] };
    } catch (error) {
      throw blame(error instanceof ZodError ? new RowMismatch(this.name, error) : error, this.name);
    }
  }

  /**
   * Runs `work` as one unit: all of it is committed, or nothing. It is one batch and one round trip, and must be idempotent.
   * @throws Conflict when a row was there already or a version did not hold; nothing was changed.
   * @throws RowsTaken when somebody kept rows that it wants for a second; nothing was changed.
   * @throws CommitUnknown when the answer was lost after the batch was sent: run the same batch again.
   * @throws DependencyUnavailable when nothing was changed because the database is out.
   */
  async commit(work: Sql): Promise<void> {
    await this.#run(scoped(this.#scope, sql`SET XACT_ABORT, NOCOUNT ON;
IF @@TRANCOUNT <> 0 THROW 51000, 'dirty connection', 1;
${this.#lane === 'accept' ? nothing : lockTimeout}
BEGIN TRAN;
${work}
COMMIT;`), 'commit');
  }

  /** Waits for what is in flight, at most 5 s. Whatever comes later is refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.breaker[Symbol.asyncDispose]();
    await Promise.all([this.#connector[Symbol.asyncDispose](), this.#prober[Symbol.asyncDispose]()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(statement: Sql, purpose: 'read' | 'commit' = 'read', isPersonal = false): Promise<Recordset[]> {
    const begunAt = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const dispatch: Dispatch = { sent: false, isPersonal };
      const startedAt = performance.now();
      try {
        const recordsets = await this.breaker.run((signal) => this.#connector.execute(statement, signal, dispatch));
        this.#seconds.observe((performance.now() - startedAt) / 1_000);
        this.#retryBudget.succeeded();
        return recordsets;
      } catch (error) {
        const classified = classify(error);
        this.#note(error, classified);
        const again = retriable.has(classified.kind) && attempt <= retries.retries && performance.now() - begunAt < retries.withinMs && this.#retryBudget.take();
        if (!again) throw blame(this.#translated(error, classified, purpose === 'commit' && dispatch.sent), this.name);
        await sleep(20 + fullJitterMs(attempt, retries, this.#timing.random), this.#timing);
      }
    }
  }

  #note(error: unknown, { kind, number }: Classified): void {
    if (error instanceof DependencyUnavailable && !(error instanceof BulkheadFull)) return; // The breaker's own refusal: counted there.
    errorTotal.inc({ database: this.name, number: number === undefined ? 'none' : String(number), kind });
    if (kind === 'tenant') this.#logger?.error({ database: this.name, number }, 'a statement was kept from the rows of another tenant');
    if (kind !== 'dirty-connection') return;
    dirtyConnectionTotal.inc({ database: this.name });
    this.#logger?.error({ database: this.name }, 'a connection with an open transaction was found and closed');
  }

  #translated(error: unknown, { verdict, kind }: Classified, mayHaveCommitted: boolean): unknown {
    if (error instanceof DependencyUnavailable) return error;
    if (kind === 'duplicate') return new Conflict('duplicate', constraintOf(error), { cause: error });
    if (kind === 'version') return new Conflict('version', messageOf(error), { cause: error });
    if (kind === 'lock-timeout') return new RowsTaken(this.name, retries.withinMs, { cause: error });
    if (verdict === 'ok' || (verdict === 'neutral' && !this.#closed)) return error;
    if (mayHaveCommitted && !rolledBack.has(kind)) {
      commitUnknownTotal.inc({ database: this.name });
      this.#onCommitUnknown?.(error);
      return new CommitUnknown(this.name, { cause: error });
    }
    return new DependencyUnavailable(this.name, this.breaker.retryAfterMs, { cause: error });
  }
}

const messageOf = (error: unknown): string => (error instanceof AggregateError ? messageOf(error.errors[0]) : error instanceof Error ? error.message : String(error));

/** 2627 names a constraint, 2601 an index. The rest of the message holds the key's values, which belong in no log. */
const constraintOf = (error: unknown): string => {
  const [, constraint, index] = /constraint '([^']+)'|unique index '([^']+)'/i.exec(messageOf(error)) ?? [];
  return constraint ?? index ?? 'unknown constraint';
};
