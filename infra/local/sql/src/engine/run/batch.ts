import type { Statement } from '../../tsql/node/statement.ts';
import type { Value } from '../../value/value.ts';
import type { Argument, BatchPlan, Compiled, Reading, Step, Writing } from '../compile.ts';
import type { OutputColumn } from '../emit/query.ts';
import { outside, TsqlError } from '../error.ts';
import { Cancelled } from '../lock.ts';
import type { Session } from '../session.ts';
import type { Waiting } from '../waiting.ts';
import type { RunState } from './bind-value.ts';
import { define } from './define.ts';
import { runProcedure, setContext } from './procedure.ts';
import { mayWait, read, readLocked } from './read.ts';
import type { Replies, StoredRow } from './replies.ts';
import { setOption } from './set-option.ts';
import { write } from './write.ts';

/** How a list of statements was left. */
type Exit = 'end' | 'break' | 'continue' | 'return';

/** Ends the batch: its error has been reported already. */
class BatchEnded extends Error {
  override readonly name = 'BatchEnded';
}

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
  *run(plan: BatchPlan): Waiting<boolean> {
    try {
      plan.check(this.#session.catalog);
      yield* this.#steps(plan.steps);
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

  *#steps(steps: readonly Step[]): Waiting<Exit> {
    for (const step of steps) {
      if (this.#session.isCancelled) throw new Cancelled('The request was cancelled.');
      try {
        const exit = yield* this.#step(step);
        if (exit !== 'end') return exit;
        // Every statement resets the number of the last error; those around others leave what these have set.
        if (step.children.length === 0) this.#session.error = 0;
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

  *#step(step: Step): Waiting<Exit> {
    const { statement } = step;
    const session = this.#session;
    const compiled = this.#compiled(step);
    switch (compiled.kind) {
      case 'query': this.#query(compiled, mayWait(compiled, session) ? yield* readLocked(compiled, this.#state) : read(compiled, this.#state)); return 'end';
      case 'assign': this.#assign(compiled, mayWait(compiled, session) ? yield* readLocked(compiled, this.#state) : read(compiled, this.#state)); return 'end';
      case 'write': this.#written(compiled, yield* write(compiled, this.#state)); return 'end';
      case 'condition': return yield* this.#branch(step, compiled.reading);
      case 'throw': return this.#throw(compiled.reading, statement.line);
      case 'print': {
        const [row] = read(compiled.reading, this.#state);
        this.#replies.info(0, String(row?.[0] ?? ''));
        session.rowcount = 0;
        return 'end';
      }
      case 'execute': {
        const list = compiled.arguments.map(({ name, value }) => ({ name, value: this.#argument(value) }));
        const code = yield* runProcedure(compiled.procedure, list, session);
        if (compiled.result !== undefined) this.#state.frame[compiled.result] = code;
        return 'end';
      }
      case 'set context': {
        const value = (argument: Argument | undefined) => argument && this.#argument(argument);
        setContext(value(compiled.key), value(compiled.value), value(compiled.readOnly), session);
        return 'end';
      }
      case 'define': yield* define(compiled.verb, compiled.definition, session); return 'end';
      case 'interpreted': return yield* this.#interpret(step, statement);
      default: return compiled satisfies never;
    }
  }

  *#interpret(step: Step, statement: Statement): Waiting<Exit> {
    const session = this.#session;
    switch (statement.node) {
      case 'block': return yield* this.#steps(step.children);
      case 'try': return yield* this.#try(step);
      case 'begin': session.begin(this.#replies, statement.name); session.rowcount = 0; return 'end';
      case 'commit': yield* session.commit(this.#replies); session.rowcount = 0; return 'end';
      case 'rollback': session.rollback(this.#replies, statement.name); session.rowcount = 0; return 'end';
      case 'save': yield* session.save(statement.name); session.rowcount = 0; return 'end';
      case 'set option': setOption(statement, session.settings); session.rowcount = 0; return 'end';
      case 'break': case 'continue': case 'return': return statement.node;
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
    return ('slot' in argument ? this.#state.frame[argument.slot] : read(argument.reading, this.#state)[0]?.[0]) ?? null;
  }

  #query({ columns }: { readonly columns: readonly OutputColumn[] }, rows: readonly StoredRow[]): void {
    this.#session.rowcount = rows.length;
    this.#replies.rows(columns, rows, !this.#session.settings.nocount);
  }

  /** Every row assigns, so the last one stays. */
  #assign({ slots }: { readonly slots: readonly number[] }, rows: readonly StoredRow[]): void {
    const last = rows.at(-1);
    if (last) for (const [i, slot] of slots.entries()) this.#state.frame[slot] = last[i] ?? null;
    this.#session.rowcount = rows.length;
  }

  #written({ columns }: Writing, { rows, count }: { readonly rows: readonly StoredRow[]; readonly count: number }): void {
    const { nocount } = this.#session.settings;
    this.#session.rowcount = count;
    if (columns) this.#replies.rows(columns, rows, !nocount);
    else if (!nocount) this.#replies.changed(count);
  }

  *#branch(step: Step, reading: Reading): Waiting<Exit> {
    if (step.statement.node === 'if') return yield* this.#steps((yield* this.#holds(reading)) ? step.children : step.otherwise);
    while (yield* this.#holds(reading)) {
      const exit = yield* this.#steps(step.children);
      if (exit === 'break') return 'end';
      if (exit === 'return') return exit;
    }
    return 'end';
  }

  *#holds(reading: Reading): Waiting<boolean> {
    const [row] = mayWait(reading, this.#session) ? yield* readLocked(reading, this.#state) : read(reading, this.#state);
    return Boolean(row?.[0]);
  }

  *#try(step: Step): Waiting<Exit> {
    const outer = this.#state.caught;
    this.#tryDepth += 1;
    try {
      return yield* this.#steps(step.children);
    } catch (error) {
      if (!(error instanceof TsqlError)) throw error;
      this.#state.caught = error;
    } finally {
      this.#tryDepth -= 1;
    }
    try {
      return yield* this.#steps(step.otherwise);
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
    const [number, message, state] = read(reading, this.#state)[0] ?? [];
    if (Number(number) < 50_000) throw new TsqlError(35100, `Error number ${String(number)} in the THROW statement is outside the valid range.`, { effect: 'batch' });
    throw new TsqlError(Number(number), String(message ?? ''), { state: Number(state ?? 1), effect: 'batch', line });
  }
}
