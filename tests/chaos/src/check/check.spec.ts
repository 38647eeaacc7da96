import type { Attempt, Command } from '../till/history.ts';
import { check, invariants } from './check.ts';
import { declinedSaleId, healthy, refundId, saleId, storeId, tenantId } from './healthy.ts';
import { overtakenIn } from './order.ts';
import type { SeenEvent } from '../world/event-log.ts';
import type { DeadLetter, Snapshot } from './snapshot.ts';
import { invariantIds, type InvariantId } from './violation.ts';

type Plant = (snapshot: Snapshot) => Snapshot;

const inCommand = (change: (command: Command) => Command): Plant => (snapshot) => ({ ...snapshot, commands: snapshot.commands.map((command, index) => (index === 0 ? change(command) : command)) });
const answered = (attempts: readonly Partial<Attempt>[]): Plant => inCommand((command) => {
  const [first] = command.attempts;
  if (!first) throw new Error('the healthy command has an attempt');
  return { ...command, attempts: attempts.map((attempt, index) => ({ ...first, at: first.at + index * 100, ...attempt })) };
});
const dead: DeadLetter = { entity: 'payment-commands/payment', messageId: 'm', reason: 'MaxDeliveryCountExceeded', description: '', deliveryCount: 20, text: '{}', verdict: 'replayed twice', isPlanted: false };
const inPart = <Part extends 'cart' | 'orchestrator' | 'inventory' | 'payment' | 'receipt'>(part: Part, change: (rows: Snapshot[Part]) => Snapshot[Part]): Plant => (snapshot) => ({ ...snapshot, [part]: change(snapshot[part]) });
const onRefundEvent = (change: (event: SeenEvent) => SeenEvent): Plant => (snapshot) => ({ ...snapshot, events: snapshot.events.map((event) => (event.type === 'sale.refunded.v1' ? change(event) : event)) });
/** A second refund of the sale, with credit note 2: how the bus took the events of the two. */
const twoRefunds = (first: Partial<SeenEvent>, second: Partial<SeenEvent>): Plant => (snapshot) => ({
  ...snapshot,
  receipt: { ...snapshot.receipt, refunds: snapshot.receipt.refunds.flatMap((refund) => [refund, { ...refund, refund_id: 'second', credit_number: 2 }]) },
  events: snapshot.events.flatMap((event) => (event.type === 'sale.refunded.v1'
    ? [{ ...event, ...first }, { ...event, messageId: 'm4', ...second, text: event.text.replace(refundId, 'second').replace('"creditNoteSequence":1', '"creditNoteSequence":2') }]
    : [event])),
});
const violationsOfOrder = (plant: Plant) => check(plant(healthy())).violations.filter(({ invariant }) => invariant === 'I9');
const line = { at: 0, program: 'cart', line: '{"event":"unhandledRejection"}' };

const planted: readonly (readonly [InvariantId, string, Plant])[] = [
  ['I1', 'an accepted sale that cart does not have', inPart('cart', ({ checkouts }) => ({ checkouts: checkouts.slice(1) }))],
  ['I1', 'an accepted sale that never began', inPart('orchestrator', ({ sagas, timeline, ...rest }) => ({ ...rest, sagas: sagas.slice(1), timeline }))],
  ['I1', 'an accepted sale without an end', inPart('cart', ({ checkouts }) => ({ checkouts: checkouts.map((row, index) => (index === 0 ? { ...row, state: 'accepted' } : row)) }))],
  ['I1', 'a sale that was refused and exists', answered([{ type: 'fail', status: 503, code: 'dependency-unavailable', outcome: 'not_accepted' }])],
  ['I1', 'cart and orchestrator that disagree', inPart('cart', ({ checkouts }) => ({ checkouts: checkouts.map((row) => ({ ...row, state: 'declined' })) }))],
  ['I2', 'a sale that ended twice', inPart('orchestrator', ({ sagas, timeline, ...rest }) => ({ ...rest, sagas, timeline: timeline.map((entry) => (entry.event === 'started' && entry.sale_id === saleId ? { ...entry, event: 'cancelled' } : entry)) }))],
  ['I2', 'a time line with a hole', inPart('orchestrator', ({ sagas, timeline, ...rest }) => ({ ...rest, sagas, timeline: timeline.map((entry) => (entry.sequence === 2 ? { ...entry, sequence: 3 } : entry)) }))],
  ['I2', 'a till that saw two endings', inCommand((command) => ({ ...command, seen: [...command.seen, { at: 1, state: 'cancelled' }] }))],
  ['I3', 'money that was taken for a declined sale', (snapshot) => ({ ...snapshot, provider: [...snapshot.provider, ...snapshot.provider.slice(0, 2).map((entry) => ({ ...entry, reference: `${declinedSaleId}:1`, authorizationId: 'auth_3' }))] })],
  ['I3', 'money that is still held', (snapshot) => ({ ...snapshot, provider: [...snapshot.provider, { sequence: 4, movement: 'authorized', authorizationId: 'auth_3', reference: `${declinedSaleId}:1`, amountMinor: 260, currency: 'GBP' }] })],
  ['I3', 'a receipt that nobody paid', (snapshot) => ({ ...snapshot, provider: snapshot.provider.slice(2) })],
  ['I4', 'two captures', (snapshot) => ({ ...snapshot, provider: [...snapshot.provider, ...snapshot.provider.slice(1, 2)] })],
  ['I4', 'two live authorizations', (snapshot) => ({ ...snapshot, provider: [...snapshot.provider, { sequence: 4, movement: 'authorized', authorizationId: 'auth_9', reference: `${saleId}:1`, amountMinor: 260, currency: 'GBP' }] })],
  ['I5', 'a capture that our books do not have', inPart('payment', ({ ledger, ...rest }) => ({ ...rest, ledger: ledger.slice(0, 1) }))],
  ['I5', 'a capture that only our books have', (snapshot) => ({ ...snapshot, provider: snapshot.provider.filter(({ movement }) => movement !== 'captured') })],
  ['I5', 'money that went back and is in our books as declined', inPart('payment', ({ refundParts, ...rest }) => ({ ...rest, refundParts: refundParts.map((part) => ({ ...part, state: 'declined' })) }))],
  ['I6', 'a level that its ledger does not explain', inPart('inventory', ({ levels, ...rest }) => ({ ...rest, levels: levels.map((level) => ({ ...level, on_hand: 7 })) }))],
  ['I6', 'goods set aside for nobody', inPart('inventory', ({ levels, ...rest }) => ({ ...rest, levels: levels.map((level) => ({ ...level, reserved: 1 })) }))],
  ['I6', 'goods that left without a receipt', inPart('inventory', ({ ledger, levels, ...rest }) => ({ ...rest, levels: levels.map((level) => ({ ...level, on_hand: 6 })), ledger: [...ledger, { tenant_id: tenantId, store_id: storeId, sku: 'ART-01', kind: 'sale', reference: declinedSaleId, quantity: -2 }] }))],
  ['I7', 'a gap in the numbers', inPart('receipt', ({ receipts, ...rest }) => ({ ...rest, receipts: receipts.map((receipt) => ({ ...receipt, number: 2 })) }))],
  ['I7', 'a counter that ran ahead', inPart('receipt', ({ counters, ...rest }) => ({ ...rest, counters: counters.map((counter) => ({ ...counter, last_number: 2 })) }))],
  ['I7', 'a completed sale without a receipt', inPart('receipt', (rest) => ({ ...rest, receipts: [] }))],
  ['I8', 'an event that never came', (snapshot) => ({ ...snapshot, events: snapshot.events.slice(1) })],
  ['I8', 'one sale told under two ids', (snapshot) => ({ ...snapshot, events: [...snapshot.events, ...snapshot.events.slice(0, 1).map((event) => ({ ...event, messageId: 'm9' }))] })],
  ['I8', 'an event of a sale that does not exist', (snapshot) => ({ ...snapshot, events: [...snapshot.events, ...snapshot.events.slice(0, 1).map((event) => ({ ...event, saleId: 'ghost' }))] })],
  ['I8', 'a cancelled sale told as completed', (snapshot) => ({ ...snapshot, events: snapshot.events.map((event) => ({ ...event, type: 'sale.completed.v1' })) })],
  ['I9', 'a refund told before its sale', onRefundEvent((event) => ({ ...event, sequence: 0 }))],
  ['I9', 'a refund of a sale of which the outside was never told', (snapshot) => ({ ...snapshot, events: snapshot.events.filter(({ type }) => type !== 'sale.completed.v1') })],
  ['I9', "a refund told with another sale's receipt", onRefundEvent((event) => ({ ...event, text: event.text.replace('S-000001', 'S-000002') }))],
  ['I9', 'a refund told with a number that is not its own', onRefundEvent((event) => ({ ...event, text: event.text.replace('"creditNoteSequence":1', '"creditNoteSequence":2') }))],
  ['I9', 'a sale told with a number that is not its own', (snapshot) => ({ ...snapshot, events: snapshot.events.map((event) => ({ ...event, text: event.text.replace('"receiptSequence":1', '"receiptSequence":2') })) })],
  ['I9', 'a refund that says it was before its sale', onRefundEvent((event) => ({ ...event, text: event.text.replace('2030', '2029') }))],
  ['I9', 'two refunds of one sale told the wrong way round', twoRefunds({ sequence: 4 }, { sequence: 3 })],
  ['I10', 'a message that nobody took', (snapshot) => ({ ...snapshot, bus: { 'payment-commands/subscriptions/payment': { active: 1, scheduled: 0, deferred: 0, locked: 0, deadLetter: 0 } } })],
  ['I10', 'a dead letter that nobody judged', (snapshot) => ({ ...snapshot, deadLetters: [{ ...dead, verdict: 'none', isPlanted: true }] })],
  ['I10', 'work without marks', (snapshot) => ({ ...snapshot, inbox: { ...snapshot.inbox, payment: 0 } })],
  ['I11', "another sale's id as an answer", answered([{}, { saleId: declinedSaleId }])],
  ['I11', 'a command that was accepted at two times', answered([{}, { acceptedAt: '2030-01-01T05:00:00.000Z' }])],
  ['I11', 'another body under the same id, accepted', answered([{}, { mustRefuse: 'other-body' }])],
  ['I12', "a row under another tenant's name", inPart('payment', ({ payments, ...rest }) => ({ ...rest, payments: payments.map((payment) => ({ ...payment, tenant_id: 'birch' })) }))],
  ['I12', "another tenant's words in an event", (snapshot) => ({ ...snapshot, events: snapshot.events.map((event) => ({ ...event, text: '{"d":"canary-of-birch"}' })) })],
  ['I12', "a till that read another tenant's sale", (snapshot) => ({ ...snapshot, foreignReads: [{ tenantId: 'birch', ofTenantId: tenantId, what: 'a receipt', status: 200, text: '{}' }] })],
  ['I13', 'a reservation that nobody asked for', inPart('inventory', ({ reservations, ...rest }) => ({ ...rest, reservations: reservations.map((row, index) => (index === 1 ? { ...row, sale_id: 'ghost' } : row)) }))],
  ['I14', 'a chunk left in an outbox', (snapshot) => ({ ...snapshot, outbox: { ...snapshot.outbox, cart: 1 } })],
  ['I14', 'a tender in doubt', inPart('payment', ({ tenders, ...rest }) => ({ ...rest, tenders: tenders.map((tender) => ({ ...tender, state: 'unknown' })) }))],
  ['I14', 'a saga under way', inPart('orchestrator', ({ sagas, timeline, ...rest }) => ({ ...rest, timeline, sagas: sagas.map((saga) => ({ ...saga, wake_at: new Date() })) }))],
  ['I15', 'a card number in a log', (snapshot) => ({ ...snapshot, leaks: [line] })],
  ['I15', 'a card token that outlived its sale', inPart('payment', ({ tenders, ...rest }) => ({ ...rest, tenders: tenders.map((tender) => ({ ...tender, card_token: 'tok_visa_4242' })) }))],
  ['I15', 'a request that outlived its sale', inPart('orchestrator', ({ sagas, timeline, ...rest }) => ({ ...rest, timeline, sagas: sagas.map((saga) => ({ ...saga, data: '{}' })) }))],
  ['I16', 'a system that did not come to rest', (snapshot) => ({ ...snapshot, quiet: { tookMs: Infinity, limitMs: 1 } })],
  ['I16', 'a service that ended by itself', (snapshot) => ({ ...snapshot, exits: [{ at: 0, program: 'cart', how: 'ended by itself' }] })],
  ['I16', 'a breaker that stayed open', (snapshot) => ({ ...snapshot, breakers: new Map([['cart/sql/work', 'open']]) })],
  ['I17', 'a database that slowed others', (snapshot) => ({ ...snapshot, isolation: { database: 'payment', healthyP99Ms: 50, faultyP99Ms: 80, samples: 500 } })],
  ['I18', 'an outage that spent deliveries', (snapshot) => ({ ...snapshot, deadLetters: [dead] })],
  ['I3', 'a refund that the provider never made', (snapshot) => ({ ...snapshot, provider: snapshot.provider.filter(({ movement }) => movement !== 'refunded') })],
  ['I6', 'goods that came back and are in no book', inPart('inventory', ({ ledger, levels, ...rest }) => ({ ...rest, levels: levels.map((level) => ({ ...level, on_hand: 8 })), ledger: ledger.filter(({ kind }) => kind !== 'return') }))],
  ['I7', 'a gap in the credit notes', inPart('receipt', ({ refunds, ...rest }) => ({ ...rest, refunds: refunds.map((refund) => ({ ...refund, credit_number: 2 })) }))],
  ['I8', 'a refund that the outside was never told of', (snapshot) => ({ ...snapshot, events: snapshot.events.filter(({ type }) => type !== 'sale.refunded.v1') })],
  ['I21', 'more pieces back than were sold', inPart('receipt', ({ refunds, ...rest }) => ({ ...rest, refunds: refunds.map((refund) => ({ ...refund, document: refund.document.replace('"quantity":1', '"quantity":3') })) }))],
  ['I21', 'a refund that only one side takes for done', inPart('orchestrator', ({ refunds, ...rest }) => ({ ...rest, refunds: refunds.map((refund) => ({ ...refund, phase: 'forward' })) }))],
  ['I19', 'an answer that is no problem document', answered([{ type: 'info', status: 500, isWellFormed: false }, {}])],
  ['I19', 'a "not accepted" that was not true', answered([{ type: 'fail', status: 503, outcome: 'not_accepted' }, { isReplay: true }])],
  ['I20', 'a crash', (snapshot) => ({ ...snapshot, crashes: [line] })],
];

describe('the checker', () => {
  it('finds nothing on a morning on which all went well', () => {
    const { violations, passed, notCovered } = check(healthy());
    expect(violations).toEqual([]);
    expect([...passed, ...notCovered.map(({ invariant }) => invariant)].toSorted()).toEqual([...invariantIds].toSorted());
  });

  it.each(planted)('%s sees %s', (id, _, plant) => {
    expect(check(plant(healthy())).violations.map(({ invariant }) => invariant)).toContain(id);
  });

  it('has a planted violation for every invariant that it covers', () => {
    const covered = invariants.filter(({ notCovered }) => notCovered?.(healthy()) === undefined).map(({ id }) => id);
    expect(covered.filter((id) => !planted.some(([own]) => own === id))).toEqual([]);
  });

  it('says so when a run cannot tell', () => {
    const { isolation: _, ...snapshot } = healthy();
    expect(check(snapshot).notCovered.map(({ invariant }) => invariant)).toEqual(['I17']);
    expect(check({ ...snapshot, events: snapshot.events.filter(({ type }) => type !== 'sale.refunded.v1') }).notCovered.map(({ invariant }) => invariant)).toEqual(['I9', 'I17']);
  });

  it.each<[string, Plant]>([
    ['two refunds of one sale in their order', twoRefunds({ sequence: 3 }, { sequence: 4 })],
    ['events that the bus hands out otherwise than it took them', (snapshot) => ({ ...snapshot, events: snapshot.events.toReversed() })],
    ['an event that came a second time, behind a later one', (snapshot) => ({ ...snapshot, events: [...snapshot.events, ...snapshot.events.slice(0, 1).map((event) => ({ ...event, sequence: 9 }))] })],
    ['an event that was overtaken while its send was tried again', twoRefunds({ sequence: 4, enqueuedAt: Date.parse('2030-01-01T04:30:01Z') }, { sequence: 3 })],
  ])('takes no offence at %s', (_, plant) => {
    expect(violationsOfOrder(plant)).toEqual([]);
  });

  it('counts the events that were overtaken', () => {
    expect(overtakenIn(healthy().events)).toBe(0);
    expect(overtakenIn(twoRefunds({ sequence: 4 }, { sequence: 3 })(healthy()).events)).toBe(1);
  });
});
