import type { CommandId } from '@checkout/kernel';
import type { Basket } from '../sale/basket.ts';
import type { Tenders } from '../sale/tenders.ts';
import type { View } from './view.ts';

const key = 'scanlon-till-draft';

interface Draft {
  readonly basket: Basket;
  readonly tenders: Tenders;
  readonly current?: CommandId | undefined;
}

/** What this tab had on the counter before it was loaded again. */
export function keptDraft(): Draft {
  try {
    return { basket: [], tenders: [], ...(JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<Draft>) };
  } catch {
    return { basket: [], tenders: [] };
  }
}

export const keepDraft = ({ basket, tenders, current }: View): void => sessionStorage.setItem(key, JSON.stringify({ basket, tenders, current } satisfies Draft));
