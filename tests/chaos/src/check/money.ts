import type { PaymentEntryRow, ProviderEntry, Snapshot } from './snapshot.ts';
import { groupBy, sum, type Invariant } from './violation.ts';

/** The provider's movements of one card tender, added up. The reference is `<sale>:<position>`. */
interface Balance {
  readonly saleId: string;
  readonly reference: string;
  readonly authorized: number;
  readonly captured: number;
  readonly captures: number;
  readonly refunded: number;
  readonly held: number;
  readonly liveAuthorizations: number;
}

function balancesOf(provider: readonly ProviderEntry[]): Balance[] {
  return [...groupBy(provider, ({ reference }) => reference)].map(([reference, entries]) => {
    const of = (movement: string) => entries.filter((entry) => entry.movement === movement);
    const total = (movement: string) => sum(of(movement).map(({ amountMinor }) => amountMinor));
    const authorizations = [...groupBy(entries.filter(({ movement }) => movement !== 'answered_twice'), ({ authorizationId }) => authorizationId).values()];
    const live = authorizations.filter((own) => own.some(({ movement }) => movement === 'authorized') && !own.some(({ movement }) => movement === 'voided' || movement === 'capture_declined'));
    const lapsed = sum(authorizations.filter((own) => own.some(({ movement }) => movement === 'capture_declined')).flatMap((own) => own.filter(({ movement }) => movement === 'authorized').map(({ amountMinor }) => amountMinor)));
    return {
      saleId: reference.split(':')[0] ?? '', reference,
      authorized: total('authorized'), captured: total('captured'), captures: of('captured').length, refunded: total('refunded'),
      held: total('authorized') - total('captured') - total('voided') - lapsed, liveAuthorizations: live.length,
    };
  });
}

/** What a completed sale's cards had to pay, by the receipt. */
const cardTotals = ({ receipt }: Snapshot): Map<string, number> => new Map(receipt.receipts.map(({ sale_id, document }) => {
  const { tenders } = JSON.parse(document) as { tenders: readonly { type: string; amountMinor: number }[] };
  return [sale_id, sum(tenders.filter(({ type }) => type === 'card').map(({ amountMinor }) => amountMinor))];
}));

export const moneyIsConserved: Invariant = {
  id: 'I3',
  name: 'money conservation',
  check(snapshot) {
    const expected = cardTotals(snapshot);
    const phases = new Map(snapshot.orchestrator.sagas.map(({ sale_id, phase }) => [sale_id, phase]));
    const bySale = groupBy(balancesOf(snapshot.provider), ({ saleId }) => saleId);
    return [...new Set([...bySale.keys(), ...expected.keys()])].flatMap((saleId) => {
      const balances = bySale.get(saleId) ?? [];
      const taken = sum(balances.map(({ captured, refunded }) => captured - refunded));
      const held = sum(balances.map((each) => each.held));
      const due = phases.get(saleId) === 'completed' ? (expected.get(saleId) ?? 0) : 0;
      const found: { what: string; saleId: string }[] = [];
      if (taken !== due) found.push({ what: `sale ${saleId} (${phases.get(saleId) ?? 'unknown here'}): ${taken} was taken from the card, ${due} is due`, saleId });
      if (held !== 0) found.push({ what: `sale ${saleId} (${phases.get(saleId) ?? 'unknown here'}): ${held} is still held on the card`, saleId });
      return found;
    });
  },
};

export const nobodyIsChargedTwice: Invariant = {
  id: 'I4',
  name: 'no double charge',
  check: ({ provider }) => balancesOf(provider).flatMap(({ saleId, reference, captures, liveAuthorizations }) => [
    ...(captures > 1 ? [{ what: `tender ${reference} was captured ${captures} times`, saleId }] : []),
    ...(liveAuthorizations > 1 ? [{ what: `tender ${reference} has ${liveAuthorizations} authorizations that were not given back`, saleId }] : []),
  ]),
};

/** Our kinds of movement and the provider's. */
const kinds = ['authorized', 'captured', 'voided'] as const;

export const ledgersAgree: Invariant = {
  id: 'I5',
  name: 'ledger equality',
  partly: 'by tender and kind of movement; settlement files and days do not exist yet',
  check({ provider, payment }) {
    const cards = new Set(payment.tenders.filter(({ type }) => type === 'card').map(({ sale_id, position }) => `${sale_id}:${position}`));
    // What a refused capture leaves behind is gone at the provider and given back in our books.
    const held = new Map(provider.filter(({ movement }) => movement === 'authorized').map(({ authorizationId, amountMinor }) => [authorizationId, amountMinor]));
    const theirs = provider.map((entry) => (entry.movement === 'capture_declined' ? { ...entry, movement: 'voided', amountMinor: held.get(entry.authorizationId) ?? 0 } : entry));
    const ours = payment.ledger.filter((entry) => cards.has(keyOf(entry)));
    return kinds.flatMap((kind) => {
      const ourTotals = totals(ours.filter((entry) => entry.kind === kind).map((entry) => [keyOf(entry), Number(entry.amount_minor)]));
      const theirTotals = totals(theirs.filter(({ movement }) => movement === kind).map(({ reference, amountMinor }) => [reference, amountMinor]));
      return [...new Set([...ourTotals.keys(), ...theirTotals.keys()])].flatMap((reference) => {
        const our = ourTotals.get(reference) ?? 0;
        const their = theirTotals.get(reference) ?? 0;
        return our === their ? [] : [{ what: `tender ${reference}: our books say ${our} ${kind}, the provider's ${their}`, saleId: reference.split(':')[0] ?? '' }];
      });
    });
  },
};

const keyOf = ({ sale_id, position }: Pick<PaymentEntryRow, 'sale_id' | 'position'>): string => `${sale_id}:${position}`;

function totals(entries: readonly (readonly [string, number])[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const [key, amount] of entries) found.set(key, (found.get(key) ?? 0) + amount);
  return found;
}
