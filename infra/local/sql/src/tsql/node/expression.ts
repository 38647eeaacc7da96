import type { SqlType } from '../../value/sql-type.ts';
import type { Query } from './query.ts';

/** Scalar expressions and predicates. T-SQL keeps the two apart; the binder does so by type (`boolean`), the grammar need not. */
export type Expression =
  | Literal | Variable | ColumnReference | Unary | Binary | Comparison | Logic | Not | IsNull | Like | In | Between | Exists
  | Case | Call | Cast | ScalarQuery | Collate | DefaultValue;

export interface Literal { readonly node: 'literal'; readonly of: 'integer' | 'decimal' | 'float' | 'string' | 'binary' | 'null'; readonly text: string; readonly national: boolean }
/** `@x`, or `@@X` for the session's own values. */
export interface Variable { readonly node: 'variable'; readonly name: string; readonly line: number }
export interface ColumnReference { readonly node: 'column'; readonly qualifier: string | undefined; readonly name: string }
export interface Unary { readonly node: 'unary'; readonly operator: '-' | '+' | '~'; readonly operand: Expression }
export interface Binary { readonly node: 'binary'; readonly operator: '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^'; readonly left: Expression; readonly right: Expression }
export interface Comparison { readonly node: 'comparison'; readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>='; readonly left: Expression; readonly right: Expression }
export interface Logic { readonly node: 'logic'; readonly operator: 'AND' | 'OR'; readonly left: Expression; readonly right: Expression }
export interface Not { readonly node: 'not'; readonly operand: Expression }
export interface IsNull { readonly node: 'is null'; readonly operand: Expression; readonly negated: boolean }
export interface Like { readonly node: 'like'; readonly operand: Expression; readonly pattern: Expression; readonly escape: Expression | undefined; readonly negated: boolean }
export interface In { readonly node: 'in'; readonly operand: Expression; readonly list: readonly Expression[] | Query; readonly negated: boolean }
export interface Between { readonly node: 'between'; readonly operand: Expression; readonly low: Expression; readonly high: Expression; readonly negated: boolean }
export interface Exists { readonly node: 'exists'; readonly query: Query }
export interface Case { readonly node: 'case'; readonly operand: Expression | undefined; readonly branches: readonly { readonly when: Expression; readonly then: Expression }[]; readonly otherwise: Expression | undefined }
export interface Call {
  readonly node: 'call';
  readonly name: string;
  readonly arguments: readonly Expression[];
  /** `COUNT(*)` */
  readonly star: boolean;
  readonly distinct: boolean;
  readonly over: Window | undefined;
  /** `WITHIN GROUP (ORDER BY …)` */
  readonly within: readonly Ordering[];
}
export interface Window { readonly partitionBy: readonly Expression[]; readonly orderBy: readonly Ordering[] }
export interface Ordering { readonly expression: Expression; readonly descending: boolean }
export interface Cast { readonly node: 'cast'; readonly operand: Expression; readonly type: SqlType; readonly isTry: boolean; readonly style: number | undefined }
export interface ScalarQuery { readonly node: 'scalar query'; readonly query: Query }
export interface Collate { readonly node: 'collate'; readonly operand: Expression; readonly collation: string }
/** The word DEFAULT in a VALUES list or a SET clause. */
export interface DefaultValue { readonly node: 'default' }
