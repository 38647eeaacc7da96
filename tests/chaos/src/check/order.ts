import type { SeenEvent } from '../world/event-log.ts';
import type { Snapshot } from './snapshot.ts';
import { groupBy, type Invariant } from './violation.ts';

/**
 * A send that fails is made again a second later by the SDK, and later still by the sweeper, and what is decided meanwhile does not wait behind it. An event
 * that the bus took sooner than this after it was decided was sent at the first try, or nearly.
 */
const heldUpMs = 900;

/** What an event says of its place among those of its sale. */
interface Said {
  readonly receiptSequence?: number;
  readonly receiptNumber?: string;
  readonly completedAt?: string;
  readonly refundId?: string;
  readonly creditNoteSequence?: number;
  readonly refundedAt?: string;
}

/** One event, as the outside first got it. `place` 0 is the sale; a refund has the number of its credit note. */
interface Told {
  readonly event: SeenEvent;
  readonly said: Said;
  readonly name: string;
  readonly place: number;
  readonly decidedAt: number;
}

/**
 * The outside has two promises about the events of one sale, and neither is the whole of I9, because its subscription has no sessions and the outbox none either:
 *
 * - *always*, what they say puts them into the order of the books: receipt number and credit-note numbers are those of the books, a refund names its sale's
 *   receipt, and the times that they tell never go back;
 * - *while the bus takes what it is sent*, it is given them in that order. An event that was held up (a refused or lost send, a crash before it) may be overtaken.
 */
export const eventsKeepTheirOrder: Invariant = {
  id: 'I9',
  name: 'per-sale order',
  partly: 'an event that the bus did not take at once may come behind a later one; then what the events say is checked, and not how they came',
  notCovered: ({ events }) => (events.some(({ type }) => isRefund(type)) ? undefined : 'no sale was told of more than once: nothing was refunded'),
  check: (snapshot) => [...groupBy(snapshot.events, ({ saleId }) => saleId)].flatMap(([saleId, events]) => {
    const told = toldOf(events);
    const [sale, ...refunds] = told;
    if (!sale || (refunds.length === 0 && sale.place === 0)) return [];
    if (sale.place !== 0) return [{ what: `sale ${saleId}: the outside was told of ${sale.name} and never of the sale`, saleId }];
    return [...wrongWords(snapshot, sale, refunds), ...told.slice(1).flatMap((later, index) => disorder(told.slice(0, index + 1), later))].map((what) => ({ what: `sale ${saleId}: ${what}`, saleId }));
  }),
};

/** Events that the bus was given behind a later one of their sale. */
export const overtakenIn = (events: readonly SeenEvent[]): number => [...groupBy(events, ({ saleId }) => saleId).values()].flatMap((own) => {
  const told = toldOf(own);
  return told.filter(({ event }, index) => told.slice(index + 1).some((later) => later.event.sequence < event.sequence));
}).length;

const isRefund = (type: string): boolean => type.startsWith('sale.refunded.');

/** Each event once, as the bus first took it, in the order of the numbers that it tells. */
function toldOf(events: readonly SeenEvent[]): readonly Told[] {
  const first = [...groupBy(events, ({ messageId }) => messageId).values()].flatMap((copies) => copies.toSorted((a, b) => a.sequence - b.sequence).slice(0, 1));
  return first.filter(({ type }) => isRefund(type) || type.startsWith('sale.completed.')).map((event): Told => {
    const said = JSON.parse(event.text) as Said;
    if (!isRefund(event.type)) return { event, said, name: 'the sale', place: 0, decidedAt: Date.parse(said.completedAt ?? '') };
    const { refundId, creditNoteSequence = NaN, refundedAt = '' } = said;
    return { event, said, name: `refund ${refundId ?? '?'}`, place: creditNoteSequence, decidedAt: Date.parse(refundedAt) };
  }).toSorted((a, b) => a.place - b.place);
}

function wrongWords({ receipt }: Snapshot, sale: Told, refunds: readonly Told[]): readonly string[] {
  const issued = receipt.receipts.find(({ sale_id }) => sale_id === sale.event.saleId);
  const notes = new Map(receipt.refunds.map(({ refund_id, credit_number }) => [refund_id, credit_number]));
  return [
    ...(issued?.number === sale.said.receiptSequence ? [] : [`it was told with receipt ${sale.said.receiptSequence}, and the books have ${issued?.number}`]),
    ...refunds.flatMap(({ name, place, said }) => {
      const noted = notes.get(said.refundId ?? '');
      return [
        ...(noted === place ? [] : [`${name} was told with credit note ${place}, and the books have ${noted}`]),
        ...(said.receiptNumber === sale.said.receiptNumber ? [] : [`${name} was told as one of receipt ${said.receiptNumber}, and the sale has ${sale.said.receiptNumber}`]),
      ];
    }),
  ];
}

function disorder(earlier: readonly Told[], later: Told): readonly string[] {
  return earlier.flatMap((before) => [
    ...(before.decidedAt <= later.decidedAt ? [] : [`${later.name} says that it was before ${before.name}, and has the later number`]),
    ...(before.event.sequence > later.event.sequence && before.event.enqueuedAt - before.decidedAt < heldUpMs ? [`the bus was given ${later.name} before ${before.name}, which nothing had held up`] : []),
  ]);
}
