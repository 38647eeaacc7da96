import type { http } from '@checkout/contracts';
import type { CommandId } from '@checkout/kernel';
import { drawerOf, emptyDrawer, type Drawer } from './drawer.ts';
import type { Entry, Fact, Refusal, Sold } from './fact.ts';

/** Where a sale stands, as this till knows it. Only `waiting` and `accepted` are unfinished. */
export type Standing =
  | { readonly state: 'waiting' }
  | { readonly state: 'accepted'; readonly saleId: string }
  | { readonly state: 'ended'; readonly status: http.CheckoutStatus }
  | { readonly state: 'parked'; readonly refusal: Refusal; readonly isKnown: boolean }
  | { readonly state: 'withdrawn' };

export interface KeptSale extends Omit<Sold, 'kind'> {
  readonly soldAt: number;
  readonly standing: Standing;
  /** When the goods left on a provisional receipt. */
  readonly releasedAt?: number;
}

/** The journal, read: every sale of this till, oldest first. */
export interface Book {
  readonly lastSequence: number;
  readonly sales: ReadonlyMap<CommandId, KeptSale>;
  readonly drawer: Drawer;
}

export const emptyBook: Book = { lastSequence: 0, sales: new Map(), drawer: emptyDrawer };

/** What the journal says. Sales whose own entry is damaged are parked: what they say may not be what was sold. */
export function bookOf(entries: readonly Entry[], damaged: ReadonlySet<number> = new Set()): Book {
  const sales = new Map<CommandId, KeptSale>();
  let lastSequence = 0;
  for (const { seq, at, fact } of entries) {
    if (!isOfSale(fact)) continue;
    if (fact.kind === 'sold') {
      const { kind: _kind, ...sold } = fact;
      lastSequence = Math.max(lastSequence, sold.tillSequence);
      sales.set(sold.commandId, { ...sold, soldAt: at, standing: damaged.has(seq) ? { state: 'parked', refusal: { code: 'journal-damaged' }, isKnown: false } : { state: 'waiting' } });
      continue;
    }
    const sale = sales.get(fact.commandId);
    if (sale && !damaged.has(seq)) sales.set(fact.commandId, after(sale, fact, at));
  }
  return { lastSequence, sales, drawer: drawerOf(entries, damaged) };
}

type OfSale = Extract<Fact, { readonly commandId: CommandId }>;
const isOfSale = (fact: Fact): fact is OfSale => 'commandId' in fact;

/** A sale ends once: what is written after its end changes nothing. */
function after(sale: KeptSale, fact: Exclude<OfSale, { kind: 'sold' }>, at: number): KeptSale {
  if (fact.kind === 'released') return { ...sale, releasedAt: sale.releasedAt ?? at };
  if (sale.standing.state === 'ended' || sale.standing.state === 'withdrawn') return sale;
  switch (fact.kind) {
    case 'accepted':
      return { ...sale, standing: { state: 'accepted', saleId: fact.saleId } };
    case 'ended':
      return { ...sale, standing: { state: 'ended', status: fact.status } };
    case 'refused':
      return { ...sale, standing: { state: 'parked', refusal: fact.refusal, isKnown: fact.isKnown } };
    case 'withdrawn':
      return { ...sale, standing: { state: 'withdrawn' } };
    case 'resumed':
      return sale.standing.state === 'parked' ? { ...sale, standing: { state: 'waiting' } } : sale;
  }
}

/** Whether nothing more will come: a sale that a person has to look into has not ended. */
export const isOver = ({ state }: Pick<http.CheckoutStatus, 'state'>): boolean => state !== 'accepted' && state !== 'needs-attention';

/** What is still to be sent or asked after, oldest first. */
export const unfinished = ({ sales }: Book): readonly KeptSale[] =>
  [...sales.values()].filter(({ standing }) => standing.state === 'waiting' || standing.state === 'accepted');

export const cardMinorOf = ({ body }: Pick<KeptSale, 'body'>): number =>
  body.tenders.reduce((sum, tender) => (tender.type === 'card' ? sum + tender.amountMinor : sum), 0);

/** Whether a person has to look at it: goods have gone and the money is not coming by itself, or nobody knows whether it has come. */
export const isException = ({ standing, releasedAt }: KeptSale): boolean =>
  (standing.state === 'parked' && (releasedAt !== undefined || !standing.isKnown)) || (releasedAt !== undefined && standing.state === 'ended' && standing.status.state !== 'completed');
