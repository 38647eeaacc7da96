import { patientAttempts } from '../domain/tender.ts';
import type { Outcome } from '../domain/answer.ts';
import type { AuditEntry } from '../domain/audit.ts';

/** After the first attempts only every so many is remembered: a silence of a week must not grow the trail without end. */
const rememberedEvery = 60;

/** What the provider said, and what it had been asked. */
export interface Said {
  readonly operation: string;
  readonly attempt: number;
  readonly outcome: Outcome;
}

/** What an answer of the provider adds to the trail: nothing when it was the first and clear. */
export function learnedFrom({ position, wasInDoubt }: { readonly position: number; readonly wasInDoubt: boolean }, { operation, attempt, outcome }: Said): AuditEntry[] {
  const about = { position, source: 'provider' } as const;
  switch (outcome.kind) {
    case 'unknown':
      return attempt <= patientAttempts || attempt % rememberedEvery === 0 ? [{ ...about, event: 'in-doubt', detail: `${operation}, request ${attempt}: ${outcome.why}` }] : [];
    case 'contradicted':
      return [{ ...about, event: 'contradicted', detail: `${operation}, request ${attempt}: ${outcome.why}` }];
    case 'done':
    case 'declined':
      return wasInDoubt ? [{ ...about, event: 'settled', detail: `${operation}, request ${attempt}: ${outcome.kind}` }] : [];
    case 'not-asked':
      return [];
  }
}
