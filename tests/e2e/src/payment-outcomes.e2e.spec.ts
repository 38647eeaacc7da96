import { setTimeout as sleep } from 'node:timers/promises';
import type { http } from '@checkout/contracts';
import { saleIdOf, seconds, uuidv7, type CommandId, type TenantId } from '@checkout/kernel';
import { card, totalOf } from '@checkout/local-network';
import { World } from './world.ts';

/**
 * What may become of a payment: what the provider did × what came back of it × whether anybody still waits at the till, for the authorization and for the
 * capture. Every cell is one sale; all are sold at once. Of each the provider's ledger, ours, and what the till is told are compared when everything that
 * was to come late has come.
 */
const outcomes = ['captured', 'declined', 'never arrived'] as const;
const replies = ['lost', 'late', 'duplicate'] as const;
const tills = ['gone', 'present'] as const;
const steps = ['authorize', 'capture'] as const;

interface Cell {
  readonly step: (typeof steps)[number];
  readonly outcome: (typeof outcomes)[number];
  readonly reply: (typeof replies)[number];
  readonly till: (typeof tills)[number];
}
const cells: readonly Cell[] = steps.flatMap((step) => outcomes.flatMap((outcome) => replies.flatMap((reply) => tills.map((till) => ({ step, outcome, reply, till })))));

/** Longer than payment waits for an answer. */
const tooLate = seconds(11);
/** After it has been asked for again: now only the key stands between the two requests. */
const afterTheRepeat = seconds(16);
const tokenOf = ({ step, outcome }: Cell): string => (outcome !== 'declined' ? 'tok_approved' : step === 'authorize' ? 'tok_declined' : 'tok_capture_declined');

/** What goes wrong with the first request of a cell's step. */
function faultOf({ step, outcome, reply }: Cell, saleId: string) {
  const about = { on: step, reference: saleId, times: 1 };
  const isDone = outcome !== 'never arrived';
  switch (reply) {
    case 'lost': return { ...about, effect: isDone ? 'done' : 'never', reply: 'lost', webhook: 'never' };
    // Where nothing had arrived in time, it arrives when it was asked for again and done, and nobody waits for it any more.
    case 'late': return isDone ? { ...about, reply: 'late', delayMs: tooLate, webhook: 'late' } : { ...about, effect: 'later', reply: 'lost', delayMs: afterTheRepeat, webhook: 'never' };
    case 'duplicate': return isDone ? { ...about, effect: 'twice', webhook: 'twice' } : { ...about, effect: 'never', reply: 'reset', times: 2 };
  }
}

/** The whole story of a cell's money, as the provider's ledger, ours and the sale must tell it. */
function endOf({ step, outcome }: Cell) {
  if (outcome !== 'declined') return { state: 'completed', moneyMoved: 'yes', provider: ['authorized', 'captured'], ours: ['authorized', 'captured'] };
  const declined = { state: 'declined', moneyMoved: 'no' };
  return step === 'authorize' ? { ...declined, provider: ['declined'], ours: [] } : { ...declined, provider: ['authorized', 'capture_declined'], ours: ['authorized', 'voided'] };
}

interface Booked { readonly movement: string; readonly reference: string; readonly amountMinor: number }
interface Faults { readonly rules: readonly { readonly reference: string; readonly times: number; readonly hits: number }[]; readonly webhooks: { readonly delivered: number } }
interface PaymentTrail { readonly ledger: readonly { readonly kind: string; readonly amountMinor: number }[]; readonly audit: readonly { readonly event: string }[]; readonly attention?: string }

const tenantId = 'brightside' as TenantId;
const lines = [{ sku: 'TEA-01', quantity: 1 }];
const totalMinor = totalOf(lines);
const sales = cells.map((cell) => {
  const commandId = uuidv7() as CommandId;
  return { ...cell, commandId, saleId: saleIdOf(tenantId, commandId) };
});
type Sold = (typeof sales)[number];

let world: World;
let endings: ReadonlyMap<string, http.CheckoutStatus>;
/** What a till that stayed was told in the end. */
const told = new Map<string, http.CheckoutStatus>();
let booked: readonly Booked[];
const atProvider = async <Body>(path: string): Promise<Body> => (await world.operator.call<Body>('GET', `${world.network.url('provider')}${path}`)).body;

async function sell(sale: Sold): Promise<void> {
  const offer = { lines, currency: 'GBP', totalMinor, tenders: [card(totalMinor, tokenOf(sale))] };
  const { commandId } = sale;
  // Who has gone sends once and is never heard of again; who is present asks again and again under the same id.
  if (sale.till === 'gone') return void (await world.till.checkout(offer, { commandId, waitSeconds: 0 }));
  for (let asked = 1; asked <= 6 && (told.get(commandId)?.state ?? 'accepted') === 'accepted'; asked += 1) {
    told.set(commandId, (await world.till.checkout(offer, { commandId, waitSeconds: 20 })).body);
  }
}

/** Requests that come late, answers that come late, and then the webhooks of those. */
async function everythingLateHasCome(): Promise<void> {
  await sleep(afterTheRepeat);
  const webhooks = cells.filter(({ outcome }) => outcome !== 'never arrived').reduce((sum, { reply }) => sum + { lost: 0, late: 1, duplicate: 2 }[reply], 0);
  const giveUpAt = Date.now() + 60_000;
  while ((await atProvider<Faults>('/faults')).webhooks.delivered < webhooks) {
    if (Date.now() > giveUpAt) throw new Error(`the provider has not told all it had to tell: ${JSON.stringify((await atProvider<Faults>('/faults')).webhooks)} of ${webhooks}`);
    await sleep(200);
  }
}

beforeAll(async () => {
  world = await World.create({}, { hasFaults: true });
  const armed = await fetch(`${world.network.url('provider')}/faults`, { method: 'POST', body: JSON.stringify(sales.map((sale) => faultOf(sale, sale.saleId))) });
  expect(armed.status).toBe(200);
  await Promise.all(sales.map(sell));
  endings = await world.ended(sales.map(({ commandId }) => commandId), 120_000);
  await everythingLateHasCome();
  booked = (await atProvider<{ entries: readonly Booked[] }>('/v1/ledger')).entries;
}, 360_000);
afterAll(() => world?.close());

it('has a cell for everything that may happen, and each fault has happened as often as it was to', async () => {
  expect(cells).toHaveLength(2 * 18);
  const { rules } = await atProvider<Faults>('/faults');
  expect(rules.map(({ reference, hits }) => ({ reference, hits }))).toEqual(sales.map((sale) => ({ reference: sale.saleId, hits: faultOf(sale, sale.saleId).times })));
});

describe.each(steps)('%s', (step) => {
  it.each(sales.filter((sale) => sale.step === step))('P01, P02, P06, P09 $outcome, the answer $reply, the till $till: ends once, and everybody says the same', async (sale) => {
    const { commandId, saleId, outcome, reply, till } = sale;
    const end = endOf(sale);
    expect(endings.get(commandId)).toMatchObject({ state: end.state, moneyMoved: end.moneyMoved });
    if (till === 'present') expect(told.get(commandId)).toMatchObject({ state: end.state, moneyMoved: end.moneyMoved });

    const ofSale = booked.filter(({ reference }) => reference.startsWith(saleId));
    expect(ofSale.map(({ movement }) => movement)).toEqual(end.provider);
    expect(ofSale.filter(({ movement }) => movement === 'captured').map(({ amountMinor }) => amountMinor)).toEqual(end.moneyMoved === 'yes' ? [totalMinor] : []);

    const { body } = await world.operator.call<PaymentTrail>('GET', `${world.network.url('payment')}/v1/payments/${saleId}`);
    expect(body.ledger.map(({ kind }) => kind)).toEqual(end.ours);
    expect(body.attention).toBeUndefined();
    // An answer that came twice was never missed; every other one was, and the trail says so.
    expect(body.audit.some(({ event }) => event === 'in-doubt')).toBe(reply !== 'duplicate' || outcome === 'never arrived');
  });
});

it('balances stock, receipt numbers and money, and calls for no person', async () => {
  await world.expectBalance(endings.values());
  const { body } = await world.operator.call<{ checkouts: unknown[] }>('GET', `${world.network.url('orchestrator')}/v1/attention`);
  expect(body.checkouts).toEqual([]);
});
