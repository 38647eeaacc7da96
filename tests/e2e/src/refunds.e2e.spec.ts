import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import type { http } from '@checkout/contracts';
import { uuidv7 } from '@checkout/kernel';
import { card, cash, Till, totalOf } from '@checkout/local-network';
import { providerBalances } from './invariants.ts';
import { World } from './world.ts';

let world: World;
const sold: http.CheckoutStatus[] = [];
/** Every credit note that was promised, by the refund it is of. */
const notes = new Map<string, string>();

beforeAll(async () => {
  world = await World.create({}, { hasFaults: true });
}, 90_000);
afterAll(() => world?.close());

const teas = [{ sku: 'TEA-01', quantity: 3 }];
const total = totalOf(teas);
const each = total / 3;

async function sell(tenders: readonly object[] = [card(total)]): Promise<http.CheckoutStatus> {
  const { body } = await world.till.checkout({ lines: teas, currency: 'GBP', totalMinor: total, tenders });
  expect(body.state).toBe('completed');
  sold.push(body);
  return body;
}

const back = (saleId: string, quantity: number, more: Readonly<Record<string, unknown>> = {}) =>
  ({ saleId, lines: [{ line: 1, quantity, goods: 'restock' }], totalMinor: quantity * each, reason: 'Not wanted', ...more });

async function ended(commandId: string, limitMs = 60_000, till: Till = world.till): Promise<http.RefundStatus> {
  for (const until = Date.now() + limitMs; Date.now() < until; await sleep(100)) {
    const { status, body } = await till.refundStatus(commandId);
    if (status !== 200 || body.state === 'accepted' || body.state === 'needs-attention') continue;
    if (body.creditNoteNumber !== undefined) notes.set(body.refundId, body.creditNoteNumber);
    return body;
  }
  throw new Error(`refund ${commandId} had not ended after ${limitMs} ms.\n${world.lastLines()}`);
}

async function refund(body: Readonly<Record<string, unknown>>): Promise<http.RefundStatus> {
  const commandId = uuidv7();
  const asked = await world.till.refund(body, commandId);
  expect([asked.status, asked.body.state]).toEqual([202, 'accepted']);
  return ended(commandId);
}

const givenBackTo = async (saleId: string): Promise<number> => (await providerBalances(world.operator)).get(saleId)?.refunded ?? 0;
const faults = (...rules: object[]) => fetch(`${world.network.url('provider')}/faults`, { method: 'POST', body: JSON.stringify(rules) });

it('gives a whole sale back: money to the card, goods to the shelf, a credit note', async () => {
  const before = await world.stockOf('TEA-01');
  const sale = await sell();
  const status = await refund(back(sale.saleId, 3));
  expect(status).toMatchObject({ state: 'completed', moneyMoved: 'yes', cardMinor: total, cashMinor: 0, creditNoteNumber: expect.stringMatching(/^C-\d{6}$/) as string });
  expect(await givenBackTo(sale.saleId)).toBe(total);
  expect((await world.stockOf('TEA-01')).onHand).toBe(before.onHand);
  const { body: text } = await world.till.call<string>('GET', `${world.network.url('receipt')}${status.links.creditNote}`, undefined, { accept: 'text/plain' });
  expect(text).toContain(`Credit note ${status.creditNoteNumber}`);
  expect(text).toContain(`For receipt ${sale.receiptNumber}`);
});

it('gives a line back piece by piece, writes off what is spoilt, and then no more', async () => {
  const sale = await sell();
  const before = await world.stockOf('TEA-01');
  expect((await refund(back(sale.saleId, 1, { lines: [{ line: 1, quantity: 1, goods: 'write-off' }] }))).state).toBe('completed');
  expect((await refund(back(sale.saleId, 2))).state).toBe('completed');
  expect((await world.stockOf('TEA-01')).onHand).toBe(before.onHand + 2);
  expect(await givenBackTo(sale.saleId)).toBe(total);
  expect(await world.till.refund(back(sale.saleId, 1))).toMatchObject({ status: 422, body: { code: 'refund-exceeds-sale', outcome: 'not_accepted', moneyMoved: 'no' } });
});

it('gives a split sale back to the card first, and the rest out of the drawer; or all in cash when asked', async () => {
  const tenders = [cash(each, each), card(2 * each)];
  const first = await sell(tenders);
  expect(await refund(back(first.saleId, 3))).toMatchObject({ state: 'completed', cardMinor: 2 * each, cashMinor: each });
  const second = await sell(tenders);
  expect(await refund(back(second.saleId, 3, { moneyBack: 'cash' }))).toMatchObject({ state: 'completed', cardMinor: 0, cashMinor: total });
  expect([await givenBackTo(first.saleId), await givenBackTo(second.saleId)]).toEqual([2 * each, 0]);
});

it('takes what it gives back in cash out of the drawer of the shift in which it is given', async () => {
  const shiftId = `shift-${uuidv7()}`;
  const shifts = `${world.network.url('receipt')}/v1/shifts`;
  const opened = await world.till.call('POST', `${shifts}/entries`, { kind: 'opened', shiftId, currency: 'GBP', floatMinor: 10_000, at: new Date().toISOString() }, { 'idempotency-key': uuidv7() });
  expect(opened.status).toBe(200);
  const { body: sale } = await world.till.checkout({ lines: teas, currency: 'GBP', totalMinor: total, tenders: [cash(total, total)], shiftId });
  sold.push(sale);
  expect(await refund(back(sale.saleId, 1, { moneyBack: 'cash', shiftId }))).toMatchObject({ state: 'completed', cashMinor: each });
  const { body: shift } = await world.till.call<http.ShiftView>('GET', `${shifts}/${shiftId}`);
  expect(shift.figures).toMatchObject({ sales: 1, grossMinor: total, refunds: { count: 1, grossMinor: each, cashMinor: each }, expectedCashMinor: 10_000 + total - each });
});

it('is declined when the card takes nothing back; then cash may be given instead', async () => {
  const sale = await sell([card(total, 'tok_refund_declined')]);
  expect(await refund(back(sale.saleId, 3))).toMatchObject({ state: 'declined', moneyMoved: 'no', reason: { code: 'refund-declined', declineCode: 'account_closed' } });
  expect(await refund(back(sale.saleId, 3, { moneyBack: 'cash' }))).toMatchObject({ state: 'completed', cashMinor: total });
  expect(await givenBackTo(sale.saleId)).toBe(0);
});

it('P17 gives the money back once when the provider\'s answer is lost', async () => {
  const sale = await sell();
  await faults({ on: 'refund', reference: sale.saleId, effect: 'done', reply: 'lost', webhook: 'never' });
  expect(await refund(back(sale.saleId, 1))).toMatchObject({ state: 'completed', cardMinor: each });
  await faults({ on: 'refund', reference: sale.saleId, effect: 'never', reply: 500, times: 2 });
  expect(await refund(back(sale.saleId, 1))).toMatchObject({ state: 'completed' });
  expect(await givenBackTo(sale.saleId)).toBe(2 * each);
  await faults();
}, 90_000);

it('is one refund however often the command comes, and refused when it asks for something else', async () => {
  const sale = await sell();
  const commandId = uuidv7();
  const answers = await Promise.all(Array.from({ length: 8 }, () => world.till.refund(back(sale.saleId, 1), commandId)));
  expect(new Set(answers.map(({ body }) => body.refundId)).size).toBe(1);
  expect((await ended(commandId)).state).toBe('completed');
  expect(await world.till.refund(back(sale.saleId, 1), commandId)).toMatchObject({ status: 200, body: { state: 'completed' } });
  expect(await world.till.refund(back(sale.saleId, 2), commandId)).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused', moneyMoved: 'unknown' } });
  expect(await givenBackTo(sale.saleId)).toBe(each);
});

it('lets two tills that refund the same pieces at once give back no more than was sold', async () => {
  const sale = await sell();
  const commands = Array.from({ length: 10 }, (_, index) => ({ till: index % 2 === 0 ? world.till : world.otherTill, commandId: uuidv7() }));
  const answers = await Promise.all(commands.map(({ till, commandId }) => till.refund(back(sale.saleId, 1), commandId)));
  const accepted = commands.filter((_, index) => answers[index]?.status === 202);
  expect(accepted).toHaveLength(3);
  expect(answers.filter(({ status }) => status === 422)).toHaveLength(7);
  for (const { till, commandId } of accepted) expect((await ended(commandId, 60_000, till)).state).toBe('completed');
  expect(await givenBackTo(sale.saleId)).toBe(total);
});

it('tells its steps as they are done, and how it ended', async () => {
  const sale = await sell();
  const commandId = uuidv7();
  await world.till.refund(back(sale.saleId, 1), commandId);
  const { body } = await world.till.call<string>('GET', `${world.network.url('receipt')}/v1/refunds/${commandId}/events`);
  expect(body.match(/^event: .*$/gm)).toEqual(['event: started', 'event: succeeded', 'event: succeeded', 'event: succeeded', 'event: completed', 'event: status']);
  await ended(commandId);
});

it('refuses what is not there, not this store\'s, or of another amount', async () => {
  const sale = await sell();
  const foreign = await world.foreignTill.refund(back(sale.saleId, 1));
  expect(foreign).toMatchObject({ status: 404, body: { code: 'refund-sale-unknown' } });
  const york = await Till.signIn(world.network, 'YORK-02-T1');
  expect(await york.refund(back(sale.saleId, 1))).toMatchObject({ status: 422, body: { code: 'refund-other-store' } });
  expect(await world.till.refund(back(sale.saleId, 1, { totalMinor: 1 }))).toMatchObject({ status: 422, body: { code: 'refund-total-mismatch' } });
  expect(await world.till.refund(back(sale.saleId, 1, { lines: [{ line: 9, quantity: 1, goods: 'restock' }] }))).toMatchObject({ status: 422, body: { code: 'refund-line-unknown' } });
  expect((await world.office.call('POST', `${world.network.url('receipt')}/v1/refunds`, back(sale.saleId, 1), { 'idempotency-key': uuidv7() })).status).toBe(403);
  const declined = uuidv7();
  const { body } = await world.till.checkout({ lines: teas, currency: 'GBP', totalMinor: total, tenders: [card(total, 'tok_declined')] }, { commandId: declined });
  expect(await world.till.refund(back(body.saleId, 1))).toMatchObject({ status: 409, body: { code: 'refund-sale-not-completed' } });
});

it('leaves books that balance, numbers without a gap, and one event for each refund', async () => {
  await world.expectBalance(sold);
  expect([...notes.values()].toSorted()).toEqual(Array.from({ length: notes.size }, (_, index) => `C-${String(index + 1).padStart(6, '0')}`));
  const client = new ServiceBusClient(world.network.serviceBusConnection);
  const receiver = client.createReceiver('sale-events', 'back-office', { receiveMode: 'receiveAndDelete' });
  const told: string[] = [];
  // Until all are there, and nothing comes after them.
  for (let empty = 0; empty < (told.length < notes.size ? 10 : 1);) {
    const messages = await receiver.receiveMessages(200, { maxWaitTimeInMs: 2_000 });
    empty = messages.length === 0 ? empty + 1 : 0;
    for (const { body, subject } of messages) if (subject === 'sale.refunded.v1') told.push((body as { refundId: string }).refundId);
  }
  await client.close();
  expect(told.toSorted()).toEqual([...notes.keys()].toSorted());
});
