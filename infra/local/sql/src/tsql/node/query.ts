import type { SqlType } from '../../value/sql-type.ts';
import type { Expression, Ordering } from './expression.ts';

export interface Query {
  readonly node: 'query';
  readonly ctes: readonly CommonTable[];
  readonly body: QueryBody;
  readonly orderBy: readonly Ordering[];
  readonly offset: Expression | undefined;
  readonly fetch: Expression | undefined;
}

export type QueryBody = Select | SetOperation;

export interface CommonTable { readonly name: string; readonly columns: readonly string[]; readonly query: Query }

export interface SetOperation { readonly node: 'set operation'; readonly operator: 'UNION' | 'UNION ALL' | 'EXCEPT' | 'INTERSECT'; readonly left: QueryBody; readonly right: QueryBody }

export interface Select {
  readonly node: 'select';
  readonly distinct: boolean;
  readonly top: Expression | undefined;
  readonly items: readonly SelectItem[];
  readonly from: TableSource | undefined;
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | undefined;
}

export type SelectItem =
  | { readonly item: 'expression'; readonly expression: Expression; readonly alias: string | undefined }
  | { readonly item: 'star'; readonly qualifier: string | undefined }
  /** `SELECT @x = …`: assigns and returns no row. */
  | { readonly item: 'assignment'; readonly variable: string; readonly expression: Expression };

export interface ObjectName { readonly schema: string | undefined; readonly name: string; readonly line: number }

export type TableSource = NamedTable | DerivedTable | ValuesTable | OpenJson | Join;

export interface NamedTable { readonly node: 'table'; readonly name: ObjectName; readonly alias: string | undefined; readonly hints: TableHints }
/** What `WITH (…)` behind a table asks for: a lock to be kept on its rows or on all of it, taken rows to be passed over, no waiting. */
export interface TableHints { readonly mode: 'S' | 'U' | 'X' | undefined; readonly isWhole: boolean; readonly skips: boolean; readonly nowait: boolean }
export interface DerivedTable { readonly node: 'derived'; readonly query: Query; readonly alias: string; readonly columns: readonly string[] }
export interface ValuesTable { readonly node: 'values'; readonly rows: readonly (readonly Expression[])[]; readonly alias: string; readonly columns: readonly string[] }
export interface OpenJson { readonly node: 'openjson'; readonly json: Expression; readonly path: string | undefined; readonly columns: readonly JsonColumn[] | undefined; readonly alias: string | undefined }
export interface JsonColumn { readonly name: string; readonly type: SqlType; readonly path: string | undefined; readonly asJson: boolean }
export interface Join {
  readonly node: 'join';
  readonly kind: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'cross apply' | 'outer apply';
  readonly left: TableSource;
  readonly right: TableSource;
  readonly on: Expression | undefined;
}
