import type { http, SaleLine, TaxMode } from '@checkout/contracts';
import type { CommandId } from '@checkout/kernel';
import type { z } from 'zod';

/** What a refusal said, as far as people need it later. */
export interface Refusal {
  /** A code of the error catalogue, or one of this till's own. */
  readonly code: string;
  readonly detail?: string;
  readonly traceId?: string;
}

/** Everything that can be written into a till's journal. Nothing is ever changed or removed: what became of a sale is a later fact. */
export type Fact =
  | { readonly kind: 'opened'; readonly tillId: string; readonly storeId: string }
  | Sold
  /** The back end has it for good. */
  | { readonly kind: 'accepted'; readonly commandId: CommandId; readonly saleId: string }
  /** The goods have left the shop on a provisional receipt, before the back end was heard. */
  | { readonly kind: 'released'; readonly commandId: CommandId }
  | { readonly kind: 'ended'; readonly commandId: CommandId; readonly status: http.CheckoutStatus }
  /** The back end will never take it as it is (`isKnown`: nothing was accepted), or nobody can tell why it does not. It is not sent again by itself. */
  | { readonly kind: 'refused'; readonly commandId: CommandId; readonly refusal: Refusal; readonly isKnown: boolean }
  /** Taken back by the till: nothing was accepted, and it will never be sent again. */
  | { readonly kind: 'withdrawn'; readonly commandId: CommandId }
  /** What happened to the drawer: just what the back end is told. */
  | { readonly kind: 'drawer'; readonly entryId: string; readonly entry: http.ShiftEntry }
  | { readonly kind: 'drawer-told'; readonly entryId: string; readonly reportNumber?: string }
  | { readonly kind: 'drawer-refused'; readonly entryId: string; readonly refusal: Refusal }
  /** A person asked for a refused sale to be sent once more. */
  | { readonly kind: 'resumed'; readonly commandId: CommandId };

/** A sale, whole: with this alone it can be sent, printed and counted. Written before the first send. */
export interface Sold {
  readonly kind: 'sold';
  readonly commandId: CommandId;
  /** Of this till, from 1, without gaps. */
  readonly tillSequence: number;
  /** Printed when no number of the store can be had: of the till's own series, so that it is never given twice. */
  readonly provisionalNumber: string;
  readonly body: http.CheckoutBody;
  readonly lines: readonly SaleLine[];
  readonly taxMode: z.output<typeof TaxMode>;
}

export interface Entry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** This till's clock, in milliseconds since 1970: a claim. */
  readonly at: number;
  readonly fact: Fact;
  /** The hash of the entry before; empty for the first. */
  readonly previous: string;
  /** SHA-256 of everything above, in hexadecimal. */
  readonly hash: string;
}
