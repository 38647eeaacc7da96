import { stateOf, type Checkout } from './checkout.ts';

export type Action = 'wait' | 'give-receipt' | 'give-change-and-receipt' | 'other-payment' | 'remove-articles' | 'start-again';

/** What the person at the till should do, in words of a till. A language is added by adding a column. */
const texts = {
  en: {
    'wait': 'Wait. Do not charge again.',
    'give-receipt': 'Give the receipt.',
    'give-change-and-receipt': 'Give the change and the receipt.',
    'other-payment': 'Ask for another card or cash. Nothing was charged.',
    'remove-articles': 'Remove the missing articles or take fewer. Nothing was charged.',
    'start-again': 'Start the sale again. Nothing was charged.',
  },
} as const satisfies Record<string, Readonly<Record<Action, string>>>;

export type Language = keyof typeof texts;

export function actionFor(checkout: Checkout): Action {
  switch (stateOf(checkout)) {
    case 'accepted':
      return 'wait';
    case 'completed':
      return checkout.ending?.state === 'completed' && checkout.ending.changeMinor > 0 ? 'give-change-and-receipt' : 'give-receipt';
    case 'declined':
      return 'other-payment';
    case 'rejected':
      return 'remove-articles';
    case 'cancelled':
      return 'start-again';
  }
}

export const textOf = (action: Action, language: Language = 'en'): string => texts[language][action];
