import { isCode, meaningOf, saleWords, type Language, type SaleWord, type Words as Told } from '@checkout/contracts';
import { cardMinorOf, isException, type KeptSale } from '../journal/book.ts';
import type { Words } from '../words/index.ts';

/** Everything that the person at the till has to know of a sale: what happened, whether money moved, what to do. */
export interface Outcome extends Told {
  readonly tone: 'good' | 'wait' | 'kept' | 'bad';
  readonly money: keyof Words['money'];
  /** Nothing more will happen by itself, so the customer can be let go. */
  readonly isSettled: boolean;
  /** It came to nothing, and the same goods can be paid in another way. */
  readonly canPayAgain: boolean;
  readonly details: readonly string[];
}

/** A sale that has been accepted for this long is taking its time: the customer wonders. */
const longMs = 20_000;

export function outcomeOf(sale: KeptSale, words: Words, language: Language, now: number): Outcome {
  const { standing, releasedAt } = sale;
  const base = { isSettled: false, canPayAgain: false, details: [] };
  if (isException(sale)) return { ...base, ...exceptionOf(sale, words), tone: 'bad', money: standing.state === 'ended' ? 'no' : 'unknown', isSettled: true };
  switch (standing.state) {
    case 'waiting':
      if (releasedAt !== undefined) return { ...base, ...words.outcome.kept, tone: 'kept', money: cardMinorOf(sale) > 0 ? 'drawer' : 'yes', isSettled: true };
      return now - sale.soldAt < 3_000
        ? { ...base, ...words.outcome.sending, tone: 'wait', money: 'unknown' }
        : { ...base, ...words.outcome.checking, tone: 'wait', money: 'unknown', isSettled: true };
    case 'accepted':
      if (now - sale.soldAt < longMs) return { ...base, ...told('accepted', language), tone: 'wait' };
      return { ...base, ...words.outcome.checking, tone: 'wait', money: 'unknown', isSettled: true };
    case 'withdrawn':
      return { ...base, ...words.outcome.withdrawn, tone: 'bad', money: 'no', canPayAgain: true, isSettled: true };
    case 'parked': {
      const { code } = standing.refusal;
      const said = isCode(code) ? meaningOf(code).texts[language] : words.outcome.other;
      return { ...base, title: said.title, action: said.action, tone: 'bad', money: 'no', canPayAgain: true, isSettled: true, details: detailsOf(standing.refusal.detail, standing.refusal.traceId) };
    }
    case 'ended': {
      const word = wordOf(standing.status.state, standing.status.changeMinor);
      const isGood = standing.status.state === 'completed';
      return { ...base, ...told(word, language), tone: isGood ? 'good' : 'bad', isSettled: true, canPayAgain: !isGood, details: isGood ? [] : reasonsOf(sale, words) };
    }
  }
}

const told = (word: SaleWord, language: Language): Told & { readonly money: Outcome['money'] } => {
  const { moneyMoved, texts } = saleWords[word];
  return { ...texts[language], money: moneyMoved };
};

function wordOf(state: 'accepted' | 'needs-attention' | 'completed' | 'declined' | 'rejected' | 'cancelled', changeMinor = 0): SaleWord {
  if (state === 'rejected') return 'out-of-stock';
  return state === 'completed' && changeMinor > 0 ? 'completed-with-change' : state;
}

function exceptionOf({ standing }: KeptSale, words: Words): Told {
  if (standing.state === 'parked') {
    if (standing.refusal.code === 'journal-damaged') return words.outcome.damaged;
    return standing.isKnown ? words.outcome.goodsGone : words.outcome.stuck;
  }
  return words.outcome.goodsGone;
}

function reasonsOf({ standing, lines }: KeptSale, words: Words): readonly string[] {
  const reason = standing.state === 'ended' ? standing.status.reason : undefined;
  const shortages = (reason?.shortages ?? []).map(({ sku, available }) => words.shortOf(lines.find((line) => line.sku === sku)?.description ?? sku, available));
  return [...shortages, ...detailsOf(reason?.declineCode && (words.declines[reason.declineCode] ?? reason.declineCode.replaceAll('_', ' ')))];
}

const detailsOf = (...texts: readonly (string | undefined)[]): readonly string[] => texts.filter((text) => text !== undefined);
