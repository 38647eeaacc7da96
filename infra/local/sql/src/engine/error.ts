/**
 * What an error does besides being reported, when XACT_ABORT is OFF and no TRY is around it.
 * `statement`: the batch goes on. `batch`: it ends, the transaction stays open. `rollback`: it ends and the transaction is rolled back.
 */
export type Effect = 'statement' | 'batch' | 'rollback';

/** An error with SQL Server's own number. Callers branch on the number; texts are close to the server's, not equal. */
export class TsqlError extends Error {
  override readonly name = 'TsqlError';
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  readonly effect: Effect;
  line: number;

  constructor(number: number, message: string, { severity = 16, state = 1, effect = 'statement', line = 1 }: { severity?: number; state?: number; effect?: Effect; line?: number } = {}) {
    super(message);
    this.number = number;
    this.severity = severity;
    this.state = state;
    this.effect = effect;
    this.line = line;
  }
}

/** The one number for everything outside the subset. No service branches on it; it can only ever be fixed in the SQL. */
export const OUTSIDE_SUBSET = 40514;

export const outside = (what: string, line = 1) =>
  new TsqlError(OUTSIDE_SUBSET, `${what} is outside the T-SQL subset of the local stand-in: see infra/local/sql/SUBSET.md.`, { severity: 16, effect: 'batch', line });

export const syntax = (near: string, line: number) =>
  new TsqlError(102, `Incorrect syntax near '${near}'.`, { severity: 15, effect: 'batch', line });
export const undeclared = (variable: string, line = 1) =>
  new TsqlError(137, `Must declare the scalar variable "${variable}".`, { severity: 15, state: 2, effect: 'batch', line });
export const unknownFunction = (name: string) =>
  new TsqlError(195, `'${name}' is not a recognized built-in function name, or is outside the subset of the local stand-in.`, { severity: 15, state: 10, effect: 'batch' });
export const unknownColumn = (name: string) => new TsqlError(207, `Invalid column name '${name}'.`, { effect: 'batch' });
export const ambiguousColumn = (name: string) => new TsqlError(209, `Ambiguous column name '${name}'.`, { effect: 'batch' });
export const unboundColumn = (name: string) => new TsqlError(4104, `The multi-part identifier "${name}" could not be bound.`, { effect: 'batch' });
export const unknownObject = (name: string) => new TsqlError(208, `Invalid object name '${name}'.`, { effect: 'batch' });
export const notACondition = (near: string) =>
  new TsqlError(4145, `An expression of non-boolean type specified in a context where a condition is expected, near '${near}'.`, { severity: 15, effect: 'batch' });

export const conversion = (from: string, value: string, to: string) =>
  new TsqlError(245, `Conversion failed when converting the ${from} value '${value}' to data type ${to}.`, { effect: 'rollback' });
export const dateConversion = () =>
  new TsqlError(241, 'Conversion failed when converting date and/or time from character string.', { effect: 'rollback' });
export const numericConversion = (from: string, to: string) =>
  new TsqlError(8114, `Error converting data type ${from} to ${to}.`, { state: 5, effect: 'rollback' });
export const guidConversion = () =>
  new TsqlError(8169, 'Conversion failed when converting from a character string to uniqueidentifier.', { state: 2, effect: 'rollback' });
export const clash = (from: string, to: string) =>
  new TsqlError(206, `Operand type clash: ${from} is incompatible with ${to}`, { state: 2, effect: 'batch' });
export const overflow = (to: string) =>
  new TsqlError(8115, `Arithmetic overflow error converting expression to data type ${to}.`, { state: 2 });
export const divideByZero = () => new TsqlError(8134, 'Divide by zero error encountered.');
export const truncated = (table: string, column: string) =>
  new TsqlError(2628, `String or binary data would be truncated in table '${table}', column '${column}'.`);
export const tooDeep = () =>
  new TsqlError(8631, 'Internal error: Server stack limit has been reached. Please look for potentially deep nesting in your query, and try to simplify it.', { severity: 17, effect: 'batch' });
export const tooComplex = () =>
  new TsqlError(8632, 'Internal error: An expression services limit has been reached. Please look for potentially complex expressions in your query, and try to simplify them.', { severity: 17, state: 2, effect: 'batch' });
/** JavaScript's own limit of nested calls. By name, not by class: under Jest it comes from another realm. */
export const isStackOverflow = (error: unknown) => error instanceof Error && error.name === 'RangeError' && error.message.startsWith('Maximum call stack');
export const invalidJson = () =>
  new TsqlError(13609, 'JSON text is not properly formatted.', { state: 4, effect: 'batch' });
export const collationConflict = () =>
  new TsqlError(468, 'Cannot resolve the collation conflict between a binary and the default collation in the equal to operation.', { state: 9, effect: 'batch' });
export const deadlock = () =>
  new TsqlError(1205, 'Transaction was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.', { severity: 13, state: 51, effect: 'rollback' });
export const lockTimeout = () => new TsqlError(1222, 'Lock request time out period exceeded.', { state: 51 });
export const doomed = () =>
  new TsqlError(3930, 'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.', { effect: 'batch' });
