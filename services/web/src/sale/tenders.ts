import { maxTenders, type Tender } from '@checkout/contracts';

/** What has been put down for a sale so far. */
export type Tenders = readonly Tender[];

export const paidMinor = (tenders: Tenders): number => tenders.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
export const dueMinor = (totalMinor: number, tenders: Tenders): number => totalMinor - paidMinor(tenders);
export const changeMinorOf = (tenders: Tenders): number =>
  tenders.reduce((sum, tender) => (tender.type === 'cash' ? sum + tender.tenderedMinor - tender.amountMinor : sum), 0);

export type TenderFault = 'nothing-due' | 'amount-invalid' | 'more-than-due' | 'too-many';
export type Tendered = { readonly tenders: Tenders; readonly fault?: undefined } | { readonly fault: TenderFault; readonly tenders?: undefined };

/** Cash as it is handed over: what exceeds what is due is change. */
export function withCash(totalMinor: number, tenders: Tenders, handedOverMinor: number): Tendered {
  const due = dueMinor(totalMinor, tenders);
  const fault = faultOf(due, tenders, handedOverMinor);
  if (fault) return { fault };
  return { tenders: [...tenders, { type: 'cash', amountMinor: Math.min(due, handedOverMinor), tenderedMinor: handedOverMinor }] };
}

/** A card pays what is due at the most: there is no change from a card. */
export function withCard(totalMinor: number, tenders: Tenders, amountMinor: number, cardToken: string): Tendered {
  const due = dueMinor(totalMinor, tenders);
  const fault = faultOf(due, tenders, amountMinor) ?? (amountMinor > due ? 'more-than-due' : undefined);
  if (fault) return { fault };
  return { tenders: [...tenders, { type: 'card', amountMinor, cardToken }] };
}

function faultOf(due: number, tenders: Tenders, amountMinor: number): TenderFault | undefined {
  if (due <= 0) return 'nothing-due';
  if (tenders.length >= maxTenders) return 'too-many';
  return Number.isSafeInteger(amountMinor) && amountMinor > 0 && amountMinor <= 100_000_000 ? undefined : 'amount-invalid';
}
