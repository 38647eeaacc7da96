import type { SqlType } from '../../value/sql-type.ts';
import type { Expression } from './expression.ts';
import type { ObjectName } from './query.ts';

export interface ColumnDefinition {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean | undefined;
  readonly identity: { readonly seed: number; readonly increment: number } | undefined;
  readonly default: { readonly name: string | undefined; readonly expression: Expression } | undefined;
}
export interface KeyPart { readonly column: string; readonly descending: boolean }
export type TableConstraint =
  | { readonly constraint: 'primary key' | 'unique'; readonly name: string | undefined; readonly columns: readonly KeyPart[] }
  | { readonly constraint: 'check'; readonly name: string | undefined; readonly condition: Expression }
  | { readonly constraint: 'default'; readonly name: string | undefined; readonly column: string; readonly expression: Expression }
  | {
    readonly constraint: 'foreign key';
    readonly name: string | undefined;
    readonly columns: readonly string[];
    readonly table: ObjectName;
    readonly references: readonly string[];
    readonly onDelete: 'NO ACTION' | 'CASCADE' | 'SET NULL';
  };
export interface InlineIndex { readonly name: string; readonly unique: boolean; readonly columns: readonly KeyPart[]; readonly where: Expression | undefined }

export interface CreateTable {
  readonly node: 'create table';
  readonly line: number;
  readonly table: ObjectName;
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  readonly indexes: readonly InlineIndex[];
}
export interface AlterTable {
  readonly node: 'alter table';
  readonly line: number;
  readonly table: ObjectName;
  readonly change:
    | { readonly change: 'add'; readonly columns: readonly ColumnDefinition[]; readonly constraints: readonly TableConstraint[] }
    | { readonly change: 'drop column'; readonly columns: readonly string[]; readonly ifExists: boolean }
    | { readonly change: 'drop constraint'; readonly names: readonly string[]; readonly ifExists: boolean };
}
export interface DropTable { readonly node: 'drop table'; readonly line: number; readonly tables: readonly ObjectName[]; readonly ifExists: boolean }
export interface CreateIndex extends InlineIndex { readonly node: 'create index'; readonly line: number; readonly table: ObjectName }
export interface DropIndex { readonly node: 'drop index'; readonly line: number; readonly name: string; readonly table: ObjectName; readonly ifExists: boolean }
export interface CreateSchema { readonly node: 'create schema'; readonly line: number; readonly name: string }
