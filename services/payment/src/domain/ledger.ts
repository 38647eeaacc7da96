import type { Payment } from './payment.ts';
import { isHeld, type Tender } from './tender.ts';

/** Money that moved, once for each tender and kind: what the books are made of, and never changed. */
export interface LedgerEntry {
  readonly position: number;
  readonly kind: 'authorized' | 'captured' | 'voided';
  readonly amountMinor: number;
  readonly at: number;
}

/** What a step did to the money, read off the payment before and after it: no state changes without its entry. */
export const ledgerOf = (before: Payment | undefined, after: Payment): LedgerEntry[] =>
  after.tenders.flatMap((tender) => entriesOf(before?.tenders[tender.position - 1], tender, after.updatedAt));

function entriesOf(before: Tender | undefined, after: Tender, at: number): LedgerEntry[] {
  const entry = (kind: LedgerEntry['kind']): LedgerEntry => ({ position: after.position, kind, amountMinor: after.amountMinor, at });
  const entries: LedgerEntry[] = [];
  if (isHeld(after) && !(before && isHeld(before))) entries.push(entry('authorized'));
  if (after.state === 'captured' && before?.state !== 'captured') entries.push(entry('captured'));
  if (after.state === 'voided' && before?.state !== 'voided' && isHeld(after)) entries.push(entry('voided'));
  return entries;
}
