import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Language } from '@checkout/contracts';
import { shownAmount } from '../sale/amount.ts';
import type { Till } from '../till.ts';
import type { View } from '../till/view.ts';
import { words, type Words } from '../words/index.ts';

export interface AtTill {
  readonly till: Till;
  readonly view: View;
  readonly say: Words;
  readonly language: Language;
  /** An amount in the store's currency, as the language writes it. */
  readonly amount: (minor: number) => string;
}

export const TillContext = createContext<Till | undefined>(undefined);

export function useTill(): AtTill {
  const till = useContext(TillContext);
  if (!till) throw new Error('There is no till around this component.');
  const view = useSyncExternalStore(till.subscribe, () => till.view);
  const say = words[view.language];
  const currency = view.catalogue?.store.currency ?? 'GBP';
  return { till, view, say, language: view.language, amount: (minor) => shownAmount(minor, currency, say.locale) };
}
