import { refundWords, type http, type Language, type RefundWord } from '@checkout/contracts';
import { printed } from './receipt-number.ts';
import { amountVia, type Refund } from './refund.ts';

/** A refund as a till reads it: what happened, whether money moved, what to do. `needsAttention`: the orchestrator said a moment ago that a person has to look. */
export function refundStatusOf(refund: Refund, language: Language = 'en', needsAttention = false): http.RefundStatus {
  const { commandId, refundId, saleId, totalMinor, document: { currency, parts }, creditNote, because, acceptedAt, endedAt } = refund;
  const state = refund.state === 'accepted' && needsAttention ? 'needs-attention' : refund.state;
  const { moneyMoved, texts } = refundWords[wordOf(state, amountVia(parts, 'cash'))];
  const self = `/v1/refunds/${commandId}`;
  return {
    commandId, refundId, saleId, state, moneyMoved,
    action: texts[language].action,
    ...(because && { reason: because }),
    currency, totalMinor,
    cardMinor: amountVia(parts, 'card'),
    cashMinor: amountVia(parts, 'cash'),
    ...(creditNote && { creditNoteNumber: printed(creditNote.series, creditNote.number) }),
    links: { self, events: `${self}/events`, ...(creditNote && { creditNote: `/v1/credit-notes/${refundId}` }) },
    acceptedAt: new Date(acceptedAt).toISOString(),
    ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
  };
}

const wordOf = (state: http.RefundState, cashMinor: number): RefundWord => (state === 'completed' && cashMinor > 0 ? 'completed-with-cash' : state);
