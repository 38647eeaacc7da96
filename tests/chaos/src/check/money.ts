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

interface RefundDocument {
  readonly lines: readonly { readonly line: number; readonly quantity: number; readonly grossMinor: number }[];
  readonly parts: readonly { readonly position: number; readonly via: string; readonly amountMinor: number }[];
}

/** What went back to the cards of each sale, by the credit notes. */
const cardRefunds = ({ receipt }: Snapshot): Map<string, number> =>
  new Map([...groupBy(receipt.refunds.filter(({ credit_number }) => credit_number !== null), ({ sale_id }) => sale_id)].map(([saleId, refunds]) =>
    [saleId, sum(refunds.flatMap(({ document }) => (JSON.parse(document) as RefundDocument).parts).filter(({ via }) => via === 'card').map(({ amountMinor }) => amountMinor))]));

export const noMoreComesBackThanWasSold: Invariant = {
  id: 'I21',
  name: 'refunds within the sale',
  check({ receipt: { receipts, refunds }, provider, orchestrator }) {
    const held = groupBy(refunds.filter(({ state }) => state !== 'declined'), ({ sale_id }) => sale_id);
    const phases = new Map(orchestrator.refunds.map(({ refund_id, phase }) => [refund_id, phase]));
    const ofSales = [...held].flatMap(([saleId, own]) => {
      const sold = receipts.find(({ sale_id }) => sale_id === saleId);
      if (!sold) return [{ what: `sale ${saleId} was refunded and has no receipt`, saleId }];
      const { lines, tenders } = JSON.parse(sold.document) as { lines: readonly { quantity: number }[]; tenders: readonly { amountMinor: number }[] };
      const documents = own.map(({ document }) => JSON.parse(document) as RefundDocument);
      const pieces = totals(documents.flatMap((each) => each.lines).map(({ line, quantity }) => [String(line), quantity]));
      const money = totals(documents.flatMap((each) => each.parts).map(({ position, amountMinor }) => [String(position), amountMinor]));
      return [
        ...[...pieces].filter(([line, quantity]) => quantity > (lines[Number(line) - 1]?.quantity ?? 0)).map(([line, quantity]) => ({ what: `sale ${saleId}: ${quantity} pieces of line ${line} came back, more than were sold`, saleId })),
        ...[...money].filter(([position, amount]) => amount > (tenders[Number(position) - 1]?.amountMinor ?? 0)).map(([position, amount]) => ({ what: `sale ${saleId}: ${amount} of tender ${position} went back, more than it took`, saleId })),
      ];
    });
    const ends = refunds.filter(({ refund_id, state }) => (state === 'completed') !== (phases.get(refund_id) === 'completed')).map(({ refund_id, sale_id, state }) =>
      ({ what: `refund ${refund_id} is ${state} at receipt and ${phases.get(refund_id) ?? 'unknown'} at the orchestrator`, saleId: sale_id }));
    return [...ofSales, ...ends, ...balancesOf(provider).filter(({ refunded, captured }) => refunded > captured).map(({ reference, saleId }) => ({ what: `tender ${reference} gave back more than it took`, saleId }))];
  },
};

export const moneyIsConserved: Invariant = {
  id: 'I3',
  name: 'money conservation',
  check(snapshot) {
    const expected = cardTotals(snapshot);
    const givenBack = cardRefunds(snapshot);
    const phases = new Map(snapshot.orchestrator.sagas.map(({ sale_id, phase }) => [sale_id, phase]));
    const bySale = groupBy(balancesOf(snapshot.provider), ({ saleId }) => saleId);
    return [...new Set([...bySale.keys(), ...expected.keys()])].flatMap((saleId) => {
      const balances = bySale.get(saleId) ?? [];
      const taken = sum(balances.map(({ captured, refunded }) => captured - refunded));
      const held = sum(balances.map((each) => each.held));
      const due = phases.get(saleId) === 'completed' ? (expected.get(saleId) ?? 0) - (givenBack.get(saleId) ?? 0) : 0;
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
const kinds = ['authorized', 'captured', 'voided', 'refunded'] as const;

export const ledgersAgree: Invariant = {
  id: 'I5',
  name: 'ledger equality',
  partly: 'by tender and kind of movement; settlement files and days do not exist yet',
  check({ provider, payment }) {
    const cards = new Set(payment.tenders.filter(({ type }) => type === 'card').map(({ sale_id, position }) => `${sale_id}:${position}`));
    // What a refused capture leaves behind is gone at the provider and given back in our books.
    const held = new Map(provider.filter(({ movement }) => movement === 'authorized').map(({ authorizationId, amountMinor }) => [authorizationId, amountMinor]));
    const theirs = provider.map((entry) => (entry.movement === 'capture_declined' ? { ...entry, movement: 'voided', amountMinor: held.get(entry.authorizationId) ?? 0 } : entry));
    const back = payment.refundParts.filter(({ via, state }) => via === 'card' && state === 'refunded').map((part) => ({ ...part, kind: 'refunded' }));
    const ours = [...payment.ledger.filter((entry) => cards.has(keyOf(entry))), ...back];
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
