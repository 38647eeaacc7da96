import type { Attention } from './payment.ts';

/** Who has learned it. A person is `operator:` and the subject of the token. */
export type Source = 'provider' | 'webhook' | 'resolver' | 'reconciliation' | `operator:${string}`;

/** One thing that was learned about a payment in an unusual way. What goes the usual way leaves no entry: the ledger says it. */
export interface AuditEntry {
  /** Absent where it is about the whole payment. */
  readonly position?: number;
  readonly source: Source;
  readonly event:
    | 'in-doubt'
    | 'settled'
    | 'contradicted'
    | 'given-up'
    | 'told-by-webhook'
    | 'resolved-by-person'
    | 'found-in-books'
    | 'attention-needed'
    | 'attention-over';
  readonly detail?: string;
}

export const attentionEntry = (before: Attention | null, after: Attention | null): AuditEntry[] => {
  if (before === after) return [];
  return after === null ? [{ source: 'resolver', event: 'attention-over', ...(before !== null && { detail: before }) }] : [{ source: 'resolver', event: 'attention-needed', detail: after }];
};
