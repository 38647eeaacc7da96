import type { JsonSchema } from '../function/open-json.ts';

/** Where the value of `?n` comes from, each time a statement runs. */
export type Bind =
  | { readonly from: 'slot'; readonly slot: number; readonly whole: boolean }
  | { readonly from: 'now'; readonly scale: number }
  | { readonly from: 'rowcount' | 'trancount' | 'error' | 'identity' | 'spid' | 'xact state' | 'database' | 'lock timeout' }
  | { readonly from: 'caught'; readonly part: 'number' | 'message' | 'severity' | 'state' | 'line' | 'procedure' }
  /** A JSON document, opened before SQLite sees it. */
  | { readonly from: 'json'; readonly json: { readonly slot: number } | { readonly text: string | null }; readonly schema: JsonSchema }
  /** A value of the session context, cut to so many characters. */
  | { readonly from: 'context'; readonly key: { readonly slot: number } | { readonly text: string }; readonly length: number | undefined };
