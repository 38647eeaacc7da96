import type { Fault } from './faults.ts';

/** How the simulated provider treats a card. The first sale with a token tells; a repeat with the same key is a repeat. */
export interface CardBehaviour {
  readonly declineCode?: string;
  readonly captureDeclineCode?: string;
  /** It pays, and takes nothing back. */
  readonly refundDeclineCode?: string;
  /** Instead of the usual latency. */
  readonly latencyMs?: number;
  /** What happens to the first call under an idempotency key. */
  readonly firstCall?: Fault;
  /** The provider notes a second answer, as networks that repeat messages do. */
  readonly answersTwice?: boolean;
}

const approved: CardBehaviour = {};

const sentinels: Readonly<Record<string, CardBehaviour>> = {
  tok_approved: approved,
  tok_declined: { declineCode: 'insufficient_funds' },
  tok_expired: { declineCode: 'expired_card' },
  tok_slow: { latencyMs: 5_000 },
  tok_timeout: { firstCall: { effect: 'done', reply: 'lost' } },
  tok_drop: { firstCall: { effect: 'never', reply: 'reset' } },
  tok_error_once: { firstCall: { effect: 'never', reply: 500 } },
  tok_twice: { answersTwice: true },
  tok_refund_declined: { refundDeclineCode: 'account_closed' },
  tok_capture_declined: { captureDeclineCode: 'capture_declined' },
};

/** A token that is neither a sentinel nor `tok_visa…` was not issued by this provider and is declined. */
export function behaviourOf(cardToken: string): CardBehaviour {
  if (Object.hasOwn(sentinels, cardToken)) return sentinels[cardToken] ?? approved;
  return cardToken.startsWith('tok_visa') ? approved : { declineCode: 'invalid_card_token' };
}
