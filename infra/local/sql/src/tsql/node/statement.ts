import type { SqlType } from '../../value/sql-type.ts';
import type { Expression, Ordering } from './expression.ts';
import type { CommonTable, ObjectName, Query, SelectItem, TableHints, TableSource } from './query.ts';
import type { AlterPolicy, CreateFunction, CreatePolicy, DropFunction, DropPolicy } from './security.ts';
import type { AlterTable, CreateIndex, CreateSchema, CreateTable, DropIndex, DropTable } from './definition.ts';

export type Statement =
  | SelectStatement | Insert | Update | Delete
  | Declare | SetVariable | SetOption
  | If | While | Block | TryCatch | LoopControl | Return | Print | Throw | Execute
  | Begin | Commit | Rollback | SaveTransaction
  | CreateTable | AlterTable | DropTable | CreateIndex | DropIndex | CreateSchema | Ignored
  | CreateFunction | DropFunction | CreatePolicy | AlterPolicy | DropPolicy;

export interface SelectStatement { readonly node: 'select statement'; readonly line: number; readonly query: Query }
export interface Insert {
  readonly node: 'insert';
  readonly line: number;
  readonly ctes: readonly CommonTable[];
  readonly table: ObjectName;
  readonly columns: readonly string[] | undefined;
  readonly output: readonly SelectItem[];
  readonly source: { readonly from: 'values'; readonly rows: readonly (readonly Expression[])[] } | { readonly from: 'query'; readonly query: Query } | { readonly from: 'defaults' };
}
export interface Assignment { readonly column: string; readonly variable: string | undefined; readonly expression: Expression }
export interface Update {
  readonly node: 'update';
  readonly line: number;
  readonly ctes: readonly CommonTable[];
  readonly top: Expression | undefined;
  /** A table, or an alias of the FROM clause, or a common table expression. */
  readonly target: ObjectName;
  readonly hints: TableHints;
  readonly assignments: readonly Assignment[];
  readonly output: readonly SelectItem[];
  readonly from: TableSource | undefined;
  readonly where: Expression | undefined;
  /** Only ever that of a common table expression which is updated through. */
  readonly orderBy: readonly Ordering[];
}
export interface Delete {
  readonly node: 'delete';
  readonly line: number;
  readonly ctes: readonly CommonTable[];
  readonly top: Expression | undefined;
  readonly target: ObjectName;
  readonly hints: TableHints;
  readonly output: readonly SelectItem[];
  readonly from: TableSource | undefined;
  readonly where: Expression | undefined;
}
export interface Declare { readonly node: 'declare'; readonly line: number; readonly variables: readonly { readonly name: string; readonly type: SqlType; readonly value: Expression | undefined }[] }
export interface SetVariable { readonly node: 'set variable'; readonly line: number; readonly variable: string; readonly expression: Expression }
export interface SetOption { readonly node: 'set option'; readonly line: number; readonly options: readonly string[]; readonly value: string }
export interface If { readonly node: 'if'; readonly line: number; readonly condition: Expression; readonly then: Statement; readonly otherwise: Statement | undefined }
export interface While { readonly node: 'while'; readonly line: number; readonly condition: Expression; readonly body: Statement }
export interface Block { readonly node: 'block'; readonly line: number; readonly statements: readonly Statement[] }
export interface TryCatch { readonly node: 'try'; readonly line: number; readonly attempt: readonly Statement[]; readonly handler: readonly Statement[] }
export interface LoopControl { readonly node: 'break' | 'continue'; readonly line: number }
export interface Return { readonly node: 'return'; readonly line: number }
export interface Print { readonly node: 'print'; readonly line: number; readonly message: Expression }
/** THROW without arguments raises the caught error again. */
export interface Throw { readonly node: 'throw'; readonly line: number; readonly error: { readonly number: Expression; readonly message: Expression; readonly state: Expression } | undefined }
export interface Execute {
  readonly node: 'execute';
  readonly line: number;
  readonly procedure: string;
  readonly result: string | undefined;
  readonly arguments: readonly { readonly name: string | undefined; readonly value: Expression; readonly output: boolean }[];
}
export interface Begin { readonly node: 'begin'; readonly line: number; readonly name: string | undefined }
export interface Commit { readonly node: 'commit'; readonly line: number }
export interface Rollback { readonly node: 'rollback'; readonly line: number; readonly name: string | undefined }
export interface SaveTransaction { readonly node: 'save'; readonly line: number; readonly name: string }
/** Accepted and without effect here, as `USE` of the current database. */
export interface Ignored { readonly node: 'ignored'; readonly line: number }
