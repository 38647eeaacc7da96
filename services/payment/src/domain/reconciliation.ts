import type { LedgerEntry } from './ledger.ts';
import type { PartState } from './refund.ts';
import type { TenderState } from './tender.ts';

/** One movement in the provider's ledger. */
export interface ProviderMovement {
  readonly movement: 'authorized' | 'captured' | 'voided' | 'refunded';
  readonly providerId: string;
  /** Of money that was given back: the name under which it was asked for. */
  readonly refundReference?: string | undefined;
  readonly amountMinor: number;
  readonly currency: string;
}

/** What our books say of the same tender. */
export interface OurBooks {
  readonly state: TenderState;
  readonly providerId: string | null;
  readonly currency: string;
  readonly entries: readonly Pick<LedgerEntry, 'kind' | 'amountMinor'>[];
  /** What was asked to go back to this card, part by part, by the name under which the provider was asked. */
  readonly refunds: readonly { readonly reference: string; readonly amountMinor: number; readonly state: PartState }[];
}

export interface Difference {
  readonly what: string;
  /** Whether the provider must be asked how the authorization stands now, before this is believed: it may have been let go since. */
  readonly isOnlyIfHeld: boolean;
}

/** Where one movement at the provider is not what our books say; undefined when they agree. */
export function differenceOf(theirs: ProviderMovement, ours: OurBooks | undefined): Difference | undefined {
  const { movement, amountMinor, currency, providerId } = theirs;
  const sum = `${movement} ${amountMinor} ${currency}`;
  if (!ours) return { what: `${sum} for a tender that we do not know`, isOnlyIfHeld: movement === 'authorized' };
  const mine = ours.entries.find(({ kind }) => kind === movement);
  const isSame = mine !== undefined && mine.amountMinor === amountMinor && ours.currency === currency && ours.providerId === providerId;
  switch (movement) {
    case 'captured':
      return isSame ? undefined : { what: `${sum} there; ${mine ? `${mine.amountMinor} ${ours.currency}` : 'nothing captured'} here`, isOnlyIfHeld: false };
    case 'authorized':
      return isSame ? undefined : { what: `${sum} there as ${providerId}; ${ours.providerId ?? 'no authorization'} here`, isOnlyIfHeld: true };
    case 'voided':
      // Only what we took, or still count on, may not have been let go.
      if (ours.providerId !== providerId) return undefined;
      return ours.state === 'captured' || ours.state === 'authorized' ? { what: `${sum} there; ${ours.state} here`, isOnlyIfHeld: false } : undefined;
    case 'refunded':
      return givenBackOtherwise(theirs, ours);
  }
}

/** Money that left us without our books saying so: asked for by nobody here, of another amount, or handed over in cash as well. */
function givenBackOtherwise({ providerId, amountMinor, currency, refundReference = 'no name' }: ProviderMovement, ours: OurBooks): Difference | undefined {
  const mine = ours.refunds.find(({ reference }) => reference === refundReference);
  if (mine?.state === 'refunded' && mine.amountMinor === amountMinor && ours.currency === currency && ours.providerId === providerId) return undefined;
  const here = mine ? `${mine.amountMinor} ${ours.currency} ${mine.state} here` : 'no such refund here';
  return { what: `refunded ${amountMinor} ${currency} there as ${refundReference}; ${here}`, isOnlyIfHeld: false };
}
