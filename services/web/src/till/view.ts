import type { http, Language } from '@checkout/contracts';
import type { CommandId } from '@checkout/kernel';
import type { Book } from '../journal/book.ts';
import type { Exceeded } from '../journal/limits.ts';
import type { Contact } from '../journal/sender.ts';
import type { Basket, BasketFault } from '../sale/basket.ts';
import type { TenderFault, Tenders } from '../sale/tenders.ts';

export interface Catalogue {
  readonly store: http.Store;
  readonly products: readonly http.Product[];
}

export type Notice =
  | { readonly kind: 'fault'; readonly fault: BasketFault | TenderFault | Exceeded | 'storage-failed' }
  | { readonly kind: 'not-found'; readonly text: string }
  | { readonly kind: 'repriced'; readonly beforeMinor: number; readonly nowMinor: number };

/** What the screens show. A new object whenever anything changes. */
export interface View {
  readonly tillId: string;
  readonly catalogue?: Catalogue | undefined;
  readonly basket: Basket;
  readonly tenders: Tenders;
  readonly notice?: Notice | undefined;
  /** The sale that the customer at the counter waits for. */
  readonly current?: CommandId | undefined;
  readonly steps: readonly string[];
  readonly isPaying: boolean;
  readonly book: Book;
  readonly damaged: ReadonlySet<number>;
  readonly contact: Contact;
  readonly clockOffMs: number;
  readonly isRefused: boolean;
  readonly language: Language;
}
