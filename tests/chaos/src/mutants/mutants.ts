import { back, sales, type Mutant } from './mutant.ts';

/** Defects that somebody could make. Each was seen to be caught by the invariant that it names. */
export const mutants: readonly Mutant[] = [
  {
    name: 'a handled message is not marked in the inbox',
    edits: [{ file: 'libs/messaging/src/pipeline.ts', find: '...(handled.length > 0 ? [markHandled(handled)] : []),', replace: '' }],
    sales: sales(),
    faults: [{ id: 'm', after: 4, kind: 'bus-strike', strike: 'deliver-twice', times: 6 }],
    caughtBy: ['I10'],
  },
  {
    name: 'messages are sent, but not kept in the outbox',
    edits: [{ file: 'libs/messaging/src/pipeline.ts', find: '...(outbound.length > 0 ? [addChunk(chunk)] : []),', replace: '' }],
    sales: sales(),
    faults: [{ id: 'm', after: 4, kind: 'bus-strike', strike: 'quota-full', entity: 'checkout-requests', times: 4 }],
    caughtBy: ['I1'],
  },
  {
    name: 'the sweeper takes what it found for sent',
    edits: [
      { file: 'libs/messaging/src/sweeper.ts', find: 'await bus.send(fresh.flatMap(({ messages }) => messages));', replace: '' },
      { file: 'libs/messaging/src/sweeper.ts', find: 'await bus.send(messages);', replace: '' },
    ],
    sales: sales(),
    faults: [{ id: 'm', after: 4, kind: 'bus-strike', strike: 'quota-full', entity: 'checkout-requests', times: 4 }],
    caughtBy: ['I1'],
  },
  {
    name: 'a message is settled before it is handled',
    edits: [{
      file: 'libs/messaging/src/held-partition.ts',
      find: 'this.#options.onMessage(message, (result) => void this.#settle(message, result).finally(resolve));',
      replace: "void this.#settler.settle(message, { settle: 'complete' });\n      this.#options.onMessage(message, () => resolve());",
    }],
    sales: sales(),
    faults: [{ id: 'm', after: 4, kind: 'sql-outage', database: 'orchestrator', outage: 'failover', forMs: 2_500 }],
    caughtBy: ['I1'],
  },
  {
    name: 'an outage is taken for a defect',
    edits: [
      { file: 'libs/messaging/src/settle.ts', find: "if (error instanceof DependencyUnavailable || error instanceof CommitUnknown) return { settle: 'release', because: error };", replace: '' },
      { file: 'libs/messaging/src/settle.ts', find: 'Math.min(5_000, 50 * 2 ** Math.min(deliveryCount, 10))', replace: '0 * deliveryCount' },
    ],
    sales: sales(),
    faults: [{ id: 'm', after: 4, kind: 'sql-outage', database: 'inventory', outage: 'failover', forMs: 5_000 }],
    caughtBy: ['I18'],
  },
  {
    name: 'the front door says yes before the commit',
    edits: [{
      file: 'libs/messaging/src/pipeline.ts',
      find: 'await this.#commit(batch);',
      replace: 'for (const { work, answer } of batch.decided) if (!work.isFromBus) work.done({ ok: true, answer });\n      await this.#commit(batch);',
    }],
    sales: sales(),
    faults: [{ id: 'm', after: 4, kind: 'sql-strike', database: 'cart', strike: 'commit-lost', nth: 1, times: 6 }],
    caughtBy: ['I1'],
  },
  {
    name: 'a repeat to the provider has a key of its own',
    edits: [{ file: 'services/payment/src/domain/question.ts', find: 'const key = round === 1 ? `${reference}:${operation}`', replace: 'const key = round === 1 ? `${reference}:${operation}:${attempt}`' }],
    sales: sales({ count: 1 }),
    // A webhook would tell before the repeat is due.
    faults: [{ id: 'm', after: 0, kind: 'provider-strike', strike: 'done-and-never-told', on: 'authorize', times: 2 }],
    caughtBy: ['I4'],
  },
  {
    name: 'a provider that does not answer is taken to have declined',
    edits: [{ file: 'services/payment/src/gateway/http-provider.ts', find: 'return doubt;', replace: "return { kind: 'declined', declineCode: 'timeout' };" }],
    sales: sales({ count: 3 }),
    faults: [{ id: 'm', after: 0, kind: 'provider-strike', strike: 'done-and-never-told', on: 'authorize', times: 3 }],
    caughtBy: ['I3'],
  },
  {
    name: 'the other tender of a declined sale is not given back',
    edits: [
      { file: 'services/payment/src/domain/payment.ts', find: '(isToGoBack(tender) ? giveTenderBack(tender, now) : tender)', replace: '(isToGoBack(tender) && false ? giveTenderBack(tender, now) : tender)' },
      { file: 'services/payment/src/domain/payment.ts', find: "return tenders.every(isGivenBack) ? { ...payment, tenders, state: 'declined', attention: null }", replace: "return tenders.every((tender) => !isOpen(tender)) ? { ...payment, tenders, state: 'declined', attention: null }" },
    ],
    sales: sales({ count: 6, tokens: ['tok_visa_4242', 'tok_declined'] }),
    faults: [],
    caughtBy: ['I3'],
  },
  {
    name: 'money moves without an entry in the books',
    edits: [{ file: 'services/payment/src/domain/ledger.ts', find: "if (after.state === 'captured' && before?.state !== 'captured') entries.push(entry('captured'));", replace: '' }],
    sales: sales({ count: 6 }),
    faults: [],
    caughtBy: ['I5'],
  },
  {
    name: 'a release forgets one article',
    edits: [{ file: 'services/inventory/src/domain/movement.ts', find: 'export const setFree = (pieces: readonly Pieces[]): readonly Move[] => pieces.map(', replace: 'export const setFree = (pieces: readonly Pieces[]): readonly Move[] => pieces.slice(1).map(' }],
    sales: sales({ count: 6, tokens: ['tok_declined'] }),
    faults: [],
    caughtBy: ['I6'],
  },
  {
    name: 'two receipts of one batch leave a gap',
    edits: [{ file: 'services/receipt/src/domain/receipts.ts', find: 'this.setLastNumber(receipt.tenantId, receipt.storeId, receipt.series, receipt.number);', replace: 'this.setLastNumber(receipt.tenantId, receipt.storeId, receipt.series, receipt.number + 1);' }],
    sales: sales({ count: 16, isOneStore: true, gapMs: 30 }),
    faults: [{ id: 'm', after: 2, kind: 'pause', program: 'receipt', forMs: 2_000 }],
    caughtBy: ['I7'],
  },
  {
    name: 'another basket under the same id is taken for a repeat',
    edits: [{ file: 'services/cart/src/application/accept-checkout.ts', find: 'earlier.bodyHash === bodyHash', replace: 'earlier.bodyHash === bodyHash || true' }],
    sales: sales({ count: 6, manner: 'other-body' }),
    faults: [],
    caughtBy: ['I11'],
  },
  {
    name: 'a tenant can read another tenant\'s checkouts',
    edits: [
      { file: 'services/cart/src/store/sql-checkouts.ts', find: 'WHERE c.tenant_id = ${varchar(40, tenantId)} AND c.command_id = ${varchar(36, commandId)};`);', replace: 'WHERE c.command_id = ${varchar(36, commandId)};`);' },
      { file: 'services/cart/src/store/sql-checkouts.ts', find: 'await this.#database.forTenant(tenantId).query(CheckoutRow', replace: 'await this.#database.forEveryTenant().query(CheckoutRow' },
      { file: 'services/cart/src/transport/checkouts.controller.ts', find: 'if (!checkout || !maySee(caller, checkout))', replace: 'if (!checkout)' },
    ],
    sales: sales({ count: 8 }),
    faults: [],
    caughtBy: ['I12'],
  },
  {
    name: 'card tokens outlive the sale',
    edits: [{ file: 'services/orchestrator/src/store/saga-row.ts', find: "data = CASE WHEN j.phase IN ('completed', 'cancelled') THEN NULL ELSE s.data END", replace: 'data = s.data' }],
    sales: sales({ count: 6 }),
    faults: [],
    caughtBy: ['I15'],
  },
  {
    name: 'a commit in doubt is told as a failure',
    edits: [{ file: 'libs/sql/src/database.ts', find: 'if (mayHaveCommitted && !rolledBack.has(kind)) {', replace: 'if (mayHaveCommitted && false) {' }],
    sales: sales(),
    faults: [{ id: 'm', after: 4, kind: 'sql-strike', database: 'cart', strike: 'commit-reply-lost', nth: 1, times: 3 }],
    caughtBy: ['I1', 'I19'],
  },
  {
    name: 'a refund that is asked for again has a key of its own',
    edits: [{ file: 'services/payment/src/domain/refund-question.ts', find: 'idempotencyKey: `${refundReference}:refund`,', replace: 'idempotencyKey: `${refundReference}:refund:${part.attempt}`,' }],
    // Two of three pieces stay sold, so the provider has enough left to give back a second time; and the first come back while others are still sold.
    sales: sales({ gapMs: 150, quantity: 3, comesBack: [back(1)] }),
    faults: [{ id: 'm', after: 0, kind: 'provider-strike', strike: 'done-and-never-told', on: 'refund', times: 3 }],
    caughtBy: ['I3'],
  },
  {
    name: 'a refund that nobody answered is taken for declined',
    edits: [{ file: 'services/payment/src/domain/refund.ts', find: 'return attempt < part.attempt ? part : inDoubt(part, now, outcome.retryAfterMs);', replace: "return settled(part, 'declined', { declineCode: 'timeout' });" }],
    sales: sales({ gapMs: 150, comesBack: [back(1)] }),
    faults: [{ id: 'm', after: 0, kind: 'provider-strike', strike: 'done-and-never-told', on: 'refund', times: 3 }],
    caughtBy: ['I3'],
  },
  {
    name: 'returned goods are put back and entered in no book',
    edits: [{ file: 'services/inventory/src/application/return-stock.ts', find: "moves: bring(pieces), entry: because('return') }", replace: 'moves: bring(pieces) }' }],
    sales: sales({ count: 4, comesBack: [back(1)] }),
    faults: [],
    caughtBy: ['I6'],
  },
  {
    name: 'what came back before is not counted',
    edits: [{ file: 'services/receipt/src/domain/refund-request.ts', find: 'given.get(line) ?? givenBackOf(of, line);', replace: 'given.get(line) ?? { quantity: 0, taxMinor: 0, grossMinor: 0 };' }],
    // The same pieces for two tills at once. The other lines leave money enough for both.
    sales: sales({ count: 4, quantity: 3, comesBack: [back(1, 2), back(1, 2)] }),
    faults: [],
    caughtBy: ['I21'],
  },
  {
    name: 'the events of one commit are sent last first',
    edits: [{ file: 'libs/messaging/src/outgoing.ts', find: 'this.#options.bus.send(messages)', replace: 'this.#options.bus.send(messages.toReversed())' }],
    // Credit notes of one sale meet in one batch when their store has a till that asks for all at once.
    sales: sales({ count: 16, isOneStore: true, gapMs: 30, comesBack: [back(1), back(2), back(3)] }),
    faults: [],
    caughtBy: ['I9'],
  },
  {
    name: 'a refund is told with the number of the one before',
    edits: [{ file: 'services/receipt/src/application/issue-credit-note.ts', find: 'creditNoteSequence: number,', replace: 'creditNoteSequence: Math.max(1, number - 1),' }],
    sales: sales({ count: 6, isOneStore: true, comesBack: [back(1), back(2)] }),
    faults: [],
    caughtBy: ['I9'],
  },
];
