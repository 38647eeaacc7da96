import type { SqlType } from '../../value/sql-type.ts';
import type { Expression } from './expression.ts';
import type { ObjectName } from './query.ts';

/** `CREATE FUNCTION … RETURNS TABLE WITH SCHEMABINDING AS RETURN SELECT … WHERE …`: a condition over its parameters and the session. */
export interface CreateFunction {
  readonly node: 'create function';
  readonly line: number;
  readonly name: ObjectName;
  readonly parameters: readonly { readonly name: string; readonly type: SqlType }[];
  readonly where: Expression;
}
export interface DropFunction { readonly node: 'drop function'; readonly line: number; readonly names: readonly ObjectName[]; readonly ifExists: boolean }

/** The moments a block predicate is asked at. */
export type BlockMoment = 'AFTER INSERT' | 'AFTER UPDATE' | 'BEFORE UPDATE' | 'BEFORE DELETE';
export interface PredicateDefinition {
  readonly kind: 'filter' | 'block';
  /** Empty for a filter; all four for a block without a word about it. */
  readonly moments: readonly BlockMoment[];
  readonly function: ObjectName;
  readonly arguments: readonly Expression[];
  readonly table: ObjectName;
}
export type PolicyChange =
  | { readonly change: 'add' | 'alter'; readonly predicate: PredicateDefinition }
  | { readonly change: 'drop'; readonly kind: 'filter' | 'block'; readonly moments: readonly BlockMoment[]; readonly table: ObjectName };
export interface CreatePolicy { readonly node: 'create security policy'; readonly line: number; readonly name: ObjectName; readonly predicates: readonly PredicateDefinition[]; readonly isOn: boolean }
/** `isOn` undefined: as it was. */
export interface AlterPolicy { readonly node: 'alter security policy'; readonly line: number; readonly name: ObjectName; readonly changes: readonly PolicyChange[]; readonly isOn: boolean | undefined }
export interface DropPolicy { readonly node: 'drop security policy'; readonly line: number; readonly name: ObjectName; readonly ifExists: boolean }
