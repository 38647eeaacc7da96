import { unreachable } from '@checkout/kernel';
import { ask, inDoubt, isHeld, isOpen, notAsked, settled, stopped, type Operation, type Tender } from './tender.ts';

/** What the provider said, as far as it matters here. None of these is an error of ours, so none is ever thrown. */
export type Outcome =
  /** It did what it was asked, now or before. `providerId` is null when there was nothing to void. */
  | { readonly kind: 'done'; readonly providerId: string | null }
  | { readonly kind: 'declined'; readonly declineCode: string }
  /** Time-out, reset, 5xx, "later": it may have done it or not. */
  | { readonly kind: 'unknown'; readonly why: string; readonly retryAfterMs?: number }
  /** It never heard the question: nobody answers there, or it has asked for patience. Says nothing, and uses nobody's patience up. */
  | { readonly kind: 'not-asked'; readonly why: string; readonly retryAfterMs?: number }
  /** It says something that cannot be: another amount, another currency, captured what we never captured. */
  | { readonly kind: 'contradicted'; readonly why: string };

export interface Answer {
  readonly operation: Operation;
  readonly round: number;
  readonly attempt: number;
  readonly outcome: Outcome;
}

/** The tender after an answer; the very same object when the answer changes nothing (it came twice, or too late to matter). */
export function answered(tender: Tender, answer: Answer, now: number): Tender {
  if (isOpen(tender) && tender.operation === answer.operation) return current(tender, answer, now);
  return answer.operation === 'authorize' && answer.outcome.kind === 'done' ? lateSuccess(tender, answer.outcome.providerId, now) : tender;
}

function current(tender: Tender, { operation, round, attempt, outcome }: Answer, now: number): Tender {
  // What is done is done, whichever question it answers. Everything else is about its own round only.
  if (outcome.kind === 'done') return done(tender, operation, outcome.providerId);
  if (round !== tender.round) return tender;
  switch (outcome.kind) {
    case 'declined':
      return operation === 'void' ? stopped(tender) : settled(tender, operation === 'authorize' ? 'declined' : 'refused', { declineCode: outcome.declineCode });
    case 'unknown':
      // An earlier attempt that timed out says nothing about the one that is under way now.
      return attempt < tender.attempt ? tender : inDoubt(tender, now, outcome.retryAfterMs);
    case 'not-asked':
      return attempt < tender.attempt ? tender : notAsked(tender, now, outcome.retryAfterMs);
    case 'contradicted':
      return stopped(tender);
    default:
      return unreachable(outcome);
  }
}

function done(tender: Tender, operation: Operation, providerId: string | null): Tender {
  switch (operation) {
    case 'authorize':
      return settled(tender, 'authorized', { providerId });
    case 'capture':
      return settled(tender, 'captured');
    case 'void':
      return settled(tender, 'voided', { providerId: tender.providerId ?? providerId });
    default:
      return unreachable(operation);
  }
}

/**
 * We gave up, and then the authorization appeared. While it is being voided its id is noted; when the void by reference
 * had found nothing to void, it is voided now, by its id.
 */
function lateSuccess(tender: Tender, providerId: string | null, now: number): Tender {
  if (tender.operation !== 'void' || isHeld(tender)) return tender;
  return isOpen(tender) ? { ...tender, providerId } : ask({ ...tender, providerId }, 'void', now);
}
