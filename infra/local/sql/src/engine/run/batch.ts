import type { StatementSync } from 'node:sqlite';
import type { Statement } from '../../tsql/node/statement.ts';
import { isTime } from '../../value/sql-type.ts';
import type { Value } from '../../value/value.ts';
import type { Argument, BatchPlan, Compiled, Reading, Step } from '../compile.ts';
import { alterTable, createIndex, createTable, dropIndex, dropTable, type Definition } from '../emit/definition.ts';
import { alterPolicy, createFunction, createPolicy, dropFunction, dropPolicy } from '../emit/security.ts';
import type { LockWish } from '../emit/emitter.ts';
import { outside, TsqlError } from '../error.ts';
import { Cancelled } from '../lock.ts';
import { isOutOfRange, translate } from '../sqlite-error.ts';
import type { Wanted } from '../row-locks.ts';
import { Blocked, type Session } from '../session.ts';
import { bindValues, type RunState } from './bind-value.ts';
import { runProcedure } from './procedure.ts';
import type { Replies, StoredRow } from './replies.ts';
import { setOption } from './set-option.ts';

/** How a list of statements was left. */
type Exit = 'end' | 'break' | 'continue' | 'return';

/** Ends the batch: its error has been reported already. */
class BatchEnded extends Error {
  override readonly name = 'BatchEnded';
}

type Written = Extract<Compiled, { kind: 'write' }>;

/**
 * Runs one batch for one session. What an error does follows XACT_ABORT and TRY as in
 * https://learn.microsoft.com/sql/t-sql/statements/set-xact-abort-transact-sql
 */
export class BatchRun {
  readonly #state: RunState;
  readonly #session: Session;
  readonly #replies: Replies;
  #tryDepth = 0;

  constructor(session: Session, replies: Replies, frame: Value[]) {
    this.#session = session;
    this.#replies = replies;
    this.#state = { session, frame, caught: undefined };
  }

  /** @returns false when an error ended the batch early. */
  async run(plan: BatchPlan): Promise<boolean> {
    try {
      plan.check(this.#session.catalog);
      await this.#steps(plan.steps);
      return true;
    } catch (error) {
      if (error instanceof BatchEnded) return false;
      if (error instanceof Cancelled) {
        if (this.#session.settings.xactAbort && this.#session.depth > 0) this.#session.rollback(this.#replies);
        throw error;
      }
      if (!(error instanceof TsqlError)) throw error;
      this.#replies.error(error);
      this.#session.error = error.number;
      return false;
    }
  }

  async #steps(steps: readonly Step[]): Promise<Exit> {
    for (const step of steps) {
      if (this.#session.isCancelled) throw new Cancelled('The request was cancelled.');
      try {
        const exit = await this.#step(step);
        if (exit !== 'end') return exit;
      } catch (error) {
        this.#failed(error, step);
      }
    }
    return 'end';
  }

  /** Decides what an error does. Inside TRY it travels to the CATCH; elsewhere it is reported, and the batch goes on or ends. */
  #failed(error: unknown, { statement }: Step): void {
    if (error instanceof BatchEnded || error instanceof Cancelled || !(error instanceof TsqlError)) throw error;
    const session = this.#session;
    if (error.line <= 1) error.line = statement.line;
    session.error = error.number;
    session.rowcount = 0;
    if (this.#tryDepth > 0) {
      if (session.depth > 0 && (session.settings.xactAbort || error.effect === 'rollback')) session.isDoomed = true;
      throw error;
    }
    const endsBatch = session.settings.xactAbort || error.effect !== 'statement';
    if (session.depth > 0 && (session.settings.xactAbort || error.effect === 'rollback')) session.rollback(this.#replies);
    this.#replies.error(error);
    if (error.number === 2627 || error.number === 2601 || error.number === 547 || error.number === 515) this.#replies.info(3621, 'The statement has been terminated.');
    if (endsBatch) throw new BatchEnded('An error ended the batch.');
  }

  async #step(step: Step): Promise<Exit> {
    const exit = await this.#run(step);
    // Every statement resets the number of the last error; those around others leave what these have set.
    if (step.children.length === 0 && exit === 'end') this.#session.error = 0;
    return exit;
  }

  async #run(step: Step): Promise<Exit> {
    const { statement } = step;
    const session = this.#session;
    const compiled = this.#compiled(step);
    switch (compiled.kind) {
      case 'query': await this.#query(compiled); return 'end';
      case 'assign': await this.#assign(compiled); return 'end';
      case 'write': await this.#write(compiled); return 'end';
      case 'condition': return this.#branch(step, compiled.reading);
      case 'throw': return this.#throw(compiled.reading, statement.line);
      case 'print': {
        const [row] = this.#read(compiled.reading);
        this.#replies.info(0, String(row?.[0] ?? ''));
        session.rowcount = 0;
        return 'end';
      }
      case 'execute': {
        const list = compiled.arguments.map(({ name, value }) => ({ name, value: this.#argument(value) }));
        const code = await runProcedure(compiled.procedure, list, session);
        if (compiled.result !== undefined) this.#state.frame[compiled.result] = code;
        return 'end';
      }
      case 'interpreted': return this.#interpret(step, statement);
      default: return compiled satisfies never;
    }
  }

  async #interpret(step: Step, statement: Statement): Promise<Exit> {
    const session = this.#session;
    switch (statement.node) {
      case 'block': return this.#steps(step.children);
      case 'try': return this.#try(step);
      case 'begin': session.begin(this.#replies, statement.name); session.rowcount = 0; return 'end';
      case 'commit': await session.commit(this.#replies); session.rowcount = 0; return 'end';
      case 'rollback': session.rollback(this.#replies, statement.name); session.rowcount = 0; return 'end';
      case 'save': await session.save(statement.name); session.rowcount = 0; return 'end';
      case 'set option': setOption(statement, session.settings); session.rowcount = 0; return 'end';
      case 'break': case 'continue': case 'return': return statement.node;
      case 'create table': await this.#define('CREATE TABLE', () => createTable(statement, session.catalog)); return 'end';
      case 'alter table': await this.#define('ALTER TABLE', () => alterTable(statement, session.catalog)); return 'end';
      case 'drop table': await this.#define('DROP TABLE', () => dropTable(statement, session.catalog)); return 'end';
      case 'create index': await this.#define('CREATE INDEX', () => createIndex(statement, session.catalog)); return 'end';
      case 'drop index': await this.#define('DROP INDEX', () => dropIndex(statement, session.catalog)); return 'end';
      case 'create function': await this.#define('CREATE FUNCTION', () => createFunction(statement, session.catalog)); return 'end';
      case 'drop function': await this.#define('DROP FUNCTION', () => dropFunction(statement, session.catalog)); return 'end';
      case 'create security policy': await this.#define('CREATE SECURITY POLICY', () => createPolicy(statement, session.catalog)); return 'end';
      case 'alter security policy': await this.#define('ALTER SECURITY POLICY', () => alterPolicy(statement, session.catalog)); return 'end';
      case 'drop security policy': await this.#define('DROP SECURITY POLICY', () => dropPolicy(statement, session.catalog)); return 'end';
      case 'create schema': await this.#define('CREATE SCHEMA', () => {
        if (session.catalog.schemas.has(statement.name.toLowerCase())) throw new TsqlError(2714, `There is already an object named '${statement.name}' in the database.`, { state: 6, effect: 'batch' });
        return { sql: [], catalog: session.catalog.withSchema(statement.name) };
      }); return 'end';
      case 'declare': case 'ignored': return 'end';
      default: throw outside(statement.node);
    }
  }

  /** A name that is only now found to be missing is an error of the batch: no TRY of the same batch catches it. */
  #compiled(step: Step): Compiled {
    try {
      return step.compiled(this.#session.catalog);
    } catch (error) {
      if (this.#tryDepth === 0 || !(error instanceof TsqlError) || error.number !== 208) throw error;
      this.#session.error = error.number;
      if (this.#session.settings.xactAbort && this.#session.depth > 0) this.#session.rollback(this.#replies);
      this.#replies.error(error);
      throw new BatchEnded('An error ended the batch.');
    }
  }

  #argument(argument: Argument): Value {
    if ('text' in argument) return argument.text;
    return ('slot' in argument ? this.#state.frame[argument.slot] : this.#read(argument.reading)[0]?.[0]) ?? null;
  }

  #read({ prepared, binds }: Reading): readonly StoredRow[] {
    const { session } = this.#state;
    session.database.running = session;
    try {
      const statement = session.database.statement(prepared, session.side);
      const values = bindValues(binds, this.#state);
      return readRows(statement, values);
    } catch (error) {
      throw translate(error, session.catalog, undefined, 'SELECT');
    }
  }

  async #query(query: Reading & { readonly columns: Written['columns'] }): Promise<void> {
    const rows = this.#mayWait(query) ? await this.#readLocked(query) : this.#read(query);
    this.#session.rowcount = rows.length;
    this.#replies.rows(query.columns ?? [], rows, !this.#session.settings.nocount);
  }

  /** Most reading waits for nobody, and then is not worth a promise. */
  #mayWait(reading: Reading): boolean {
    return reading.locks.length > 0 || this.#readsToWrite(reading);
  }

  /** The isolation levels above read committed read as if to write. */
  #readsToWrite({ reads }: Reading): boolean {
    const { depth, isWriting, settings: { isolation } } = this.#session;
    return reads && depth > 0 && !isWriting && (isolation === 'SERIALIZABLE' || isolation === 'REPEATABLE READ');
  }

  /** Lock hints keep what they read. */
  async #readLocked(reading: Reading): Promise<readonly StoredRow[]> {
    const session = this.#session;
    if (this.#readsToWrite(reading)) await session.startWriting();
    if (reading.locks.length === 0) return this.#read(reading);
    return session.readLocked(() => {
      const rows = this.#read(reading);
      this.#keep(reading.locks, rows);
      return rows;
    }, reading.locks.some(({ nowait }) => nowait) ? 0 : session.settings.lockTimeoutMs);
  }

  /** Takes what hints ask for until the transaction ends; without one, only sees to it that nobody else has it. @throws Blocked */
  #keep(wishes: readonly LockWish[], rows: readonly StoredRow[]): void {
    const session = this.#session;
    const { rowLocks } = session.database;
    const wanted = wishes.map(({ table, mode, at }): Wanted => ({ table, mode, rows: at === undefined ? 'all' : rows.flatMap((row) => (row[at] === null ? [] : [Number(row[at])])) }));
    for (const each of wanted) this.#passes(each);
    if (session.depth > 0) for (const each of wanted) rowLocks.take(session, each);
  }

  /** @throws Blocked when others keep any of it. */
  #passes(wanted: Wanted): void {
    const { rowLocks } = this.#session.database;
    if (!rowLocks.concernsOthers(this.#session, wanted.table)) return;
    const owners = rowLocks.owners(this.#session, wanted);
    if (owners.size > 0) throw new Blocked(owners);
  }

  async #assign(assign: Reading & { readonly slots: readonly number[] }): Promise<void> {
    const rows = this.#mayWait(assign) ? await this.#readLocked(assign) : this.#read(assign);
    const last = rows.at(-1);
    if (last) for (const [i, slot] of assign.slots.entries()) this.#state.frame[slot] = last[i] ?? null;
    this.#session.rowcount = rows.length;
  }

  async #write(write: Written): Promise<void> {
    const { session } = this.#state;
    const { rows, count } = await session.change(() => {
      try {
        session.database.lastIdentity = null;
        session.database.running = session;
        if (write.locks.length > 0) this.#keep(write.locks, []);
        return write.twoPhase ? this.#writeTwoPhase(write, write.twoPhase) : this.#writeOnce(write);
      } catch (error) {
        throw translate(error, session.catalog, session.catalog.get(write.table), write.verb);
      }
    });
    if (write.verb === 'INSERT' && count > 0) session.identity = session.database.lastIdentity;
    session.rowcount = count;
    session.error = 0;
    if (write.columns) this.#replies.rows(write.columns, rows, !session.settings.nocount);
    else if (!session.settings.nocount) this.#replies.changed(count);
  }

  #writeOnce(write: Written): { rows: readonly StoredRow[]; count: number } {
    const { prepared, binds, columns } = write;
    const { session } = this.#state;
    if (session.database.rowLocks.concernsOthers(session, write.table)) return this.#writeAmongLocks(write);
    const statement = session.database.statement(prepared, 'writer');
    const values = bindValues(binds, this.#state);
    if (!columns) return { rows: [], count: Number(statement.run(...values).changes) };
    // A statement that writes cannot be read twice, so numbers that might be large are read as bigint at once.
    if (columns.some(({ type }) => type.kind === 'bigint' || isTime(type) || type.kind === 'decimal')) statement.setReadBigInts(true);
    const rows = statement.all(...values) as unknown as readonly StoredRow[];
    return { rows, count: rows.length };
  }

  /** Others keep rows of this table: what was written is looked at, and taken back when it is theirs. */
  #writeAmongLocks({ verb, table, touching, binds, columns }: Written): { rows: readonly StoredRow[]; count: number } {
    const { database } = this.#session;
    const statement = database.statement(touching, 'writer');
    statement.setReadBigInts(true);
    database.writer.exec('SAVEPOINT "$touch"');
    try {
      const rows = statement.all(...bindValues(binds, this.#state)) as unknown as readonly StoredRow[];
      // A new row is nobody's yet, but who keeps the whole table has been promised that none comes.
      this.#passes({ table, mode: 'X', rows: verb === 'INSERT' ? [] : rows.map((row) => Number(row.at(-1))) });
      return { rows: columns ? rows : [], count: rows.length };
    } catch (error) {
      database.writer.exec('ROLLBACK TO "$touch"');
      throw error;
    } finally {
      database.writer.exec('RELEASE "$touch"');
    }
  }

  /** All rows or none: a savepoint takes back the first ones when a later one fails. */
  #writeTwoPhase({ prepared, binds, table }: Written, phases: NonNullable<Written['twoPhase']>): { rows: readonly StoredRow[]; count: number } {
    const { database } = this.#session;
    const reader = database.statement(prepared, 'writer');
    const writer = database.statement(phases.writing, 'writer');
    reader.setReadBigInts(true);
    writer.setReadBigInts(true);
    const found = reader.all(...bindValues(binds, this.#state)) as unknown as readonly StoredRow[];
    this.#passes({ table, mode: 'X', rows: found.map(([id = null]) => Number(id)) });
    database.writer.exec('SAVEPOINT "$update"');
    try {
      const rows = found.map((row) => {
        const [id = null, ...values] = row;
        const after = writer.get(...values.slice(0, phases.assigned), id) as unknown as StoredRow;
        return phases.output.map(({ from, at }) => (from === 'before' ? values[phases.assigned + at] : after[at]) ?? null);
      });
      return { rows, count: rows.length };
    } catch (error) {
      database.writer.exec('ROLLBACK TO "$update"');
      throw error;
    } finally {
      database.writer.exec('RELEASE "$update"');
    }
  }

  async #branch(step: Step, reading: Reading): Promise<Exit> {
    const holds = async () => {
      return Boolean((this.#mayWait(reading) ? await this.#readLocked(reading) : this.#read(reading))[0]?.[0]);
    };
    if (step.statement.node === 'if') return this.#steps((await holds()) ? step.children : step.otherwise);
    while (await holds()) {
      const exit = await this.#steps(step.children);
      if (exit === 'break') return 'end';
      if (exit === 'return') return exit;
    }
    return 'end';
  }

  async #try(step: Step): Promise<Exit> {
    const outer = this.#state.caught;
    this.#tryDepth += 1;
    try {
      return await this.#steps(step.children);
    } catch (error) {
      if (!(error instanceof TsqlError)) throw error;
      this.#state.caught = error;
    } finally {
      this.#tryDepth -= 1;
    }
    try {
      return await this.#steps(step.otherwise);
    } finally {
      this.#state.caught = outer;
    }
  }

  #throw(reading: Reading | undefined, line: number): never {
    if (!reading) {
      const { caught } = this.#state;
      if (!caught) throw new TsqlError(10704, 'To rethrow an error, a THROW statement must be used inside a CATCH block.', { severity: 15, effect: 'batch' });
      throw new TsqlError(caught.number, caught.message, { severity: caught.severity, state: caught.state, effect: 'batch', line: caught.line });
    }
    const [number, message, state] = this.#read(reading)[0] ?? [];
    if (Number(number) < 50_000) throw new TsqlError(35100, `Error number ${String(number)} in the THROW statement is outside the valid range.`, { effect: 'batch' });
    throw new TsqlError(Number(number), String(message ?? ''), { state: Number(state ?? 1), effect: 'batch', line });
  }

  async #define(verb: string, make: () => Definition): Promise<void> {
    const { session } = this.#state;
    await session.write(() => {
      const { sql, catalog } = make();
      if (catalog === session.catalog) return;
      session.database.writer.exec('SAVEPOINT "$definition"');
      try {
        for (const text of sql) session.database.writer.exec(text);
        session.define(catalog);
      } catch (error) {
        session.database.writer.exec('ROLLBACK TO "$definition"');
        throw translate(error, session.catalog, undefined, verb);
      } finally {
        session.database.writer.exec('RELEASE "$definition"');
      }
    });
  }
}

/** Numbers are read as numbers, which is cheap, until one does not fit: from then on this statement reads bigints. */
function readRows(statement: StatementSync, values: Value[]): readonly StoredRow[] {
  try {
    return statement.all(...values) as unknown as readonly StoredRow[];
  } catch (error) {
    if (!isOutOfRange(error)) throw error;
    statement.setReadBigInts(true);
    return statement.all(...values) as unknown as readonly StoredRow[];
  }
}
