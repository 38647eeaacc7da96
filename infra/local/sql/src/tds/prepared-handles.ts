import type { DeclaredParameter } from '../tsql/parse/parameters.ts';

export interface PreparedStatement { readonly sql: string; readonly parameters: readonly DeclaredParameter[] }

/** What sp_prepare has handed out on one connection. */
export interface Handles { next: number; readonly statements: Map<number, PreparedStatement> }
