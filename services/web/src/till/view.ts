import type { http, Language } from '@checkout/contracts';
import type { CommandId } from '@checkout/kernel';
import type { Book } from '../journal/book.ts';
import type { LimitsFault } from '../journal/signed-limits.ts';
import type { Parked } from '../sale/parked.ts';
import type { Exceeded } from '../journal/limits.ts';
import type { Contact } from '../journal/sender.ts';
import type { Basket, BasketFault } from '../sale/basket.ts';
import type { TenderFault, Tenders } from '../sale/tenders.ts';
import type { RefundDesk } from './refunds.ts';

export interface Catalogue {
  readonly store: http.Store;
  readonly products: readonly http.Product[];
}

export type Notice =
  | { readonly kind: 'fault'; readonly fault: BasketFault | TenderFault | Exceeded | 'storage-failed' | 'drawer-not-kept' | 'basket-not-empty' | 'take-up-unknown' }
  /** `number` is absent when it is parked at this till alone. */
  | { readonly kind: 'parked'; readonly number: number | undefined }
  | { readonly kind: 'taken-elsewhere'; readonly by: string; readonly at: number }
  /** A refusal of the back end, by its code in the catalogue of errors. */
  | { readonly kind: 'refused'; readonly code: string }
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
  /** The refund at the counter, if there is one. */
  readonly refund?: RefundDesk | undefined;
  readonly parked: readonly Parked[];
  /** Whether the store's could be read, or only those of this till are known. */
  readonly isParkedKnown: boolean;
  readonly isParking: boolean;
  /** Why this till takes cash alone while it works alone, if it does. */
  readonly limitsFault?: LimitsFault | undefined;
}
