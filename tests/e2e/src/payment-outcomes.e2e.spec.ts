import { saleIdOf, seconds, uuidv7, type CommandId, type TenantId } from '@checkout/kernel';
import { card, operatorOf, totalOf } from '@checkout/local-network';
import { World } from './world.ts';

/**
 * What may become of a payment: what the provider did × what came back of it × whether anybody still waits at the till, for the authorization and for the
 * capture. Every cell is one sale; all are sold at once, and each must end with the provider's books, ours and the till's answer in agreement.
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
const tooLate = seconds(12);
const tokenOf = ({ step, outcome }: Cell): string => (outcome !== 'declined' ? 'tok_approved' : step === 'authorize' ? 'tok_declined' : 'tok_capture_declined');

/** What goes wrong with the first request of a cell's step. */
function faultOf({ step, outcome, reply }: Cell, saleId: string): object {
  const about = { on: step, reference: saleId };
  const isDone = outcome !== 'never arrived';
  switch (reply) {
    case 'lost': return { ...about, effect: isDone ? 'done' : 'never', reply: 'lost', webhook: 'never' };
    // Where nothing had arrived in time, it arrives when nobody waits for it any more.
    case 'late': return isDone ? { ...about, reply: 'late', delayMs: tooLate, webhook: 'late' } : { ...about, effect: 'later', reply: 'lost', delayMs: tooLate };
    case 'duplicate': return isDone ? { ...about, effect: 'twice', webhook: 'twice' } : { ...about, effect: 'never', reply: 'reset', times: 2 };
  }
}

let world: World;
beforeAll(async () => {
  world = await World.create({}, { hasFaults: true });
}, 90_000);
afterAll(() => world?.close());

it('charges nobody twice, loses no capture and ends, whatever the provider did and whatever came back', async () => {
  const tenantId = 'brightside' as TenantId;
  const sales = cells.map((cell) => {
    const commandId = uuidv7() as CommandId;
    return { cell, commandId, saleId: saleIdOf(tenantId, commandId) };
  });
  const armed = await fetch(`${world.network.url('provider')}/faults`, { method: 'POST', body: JSON.stringify(sales.map(({ cell, saleId }) => faultOf(cell, saleId))) });
  expect(armed.status).toBe(200);

  const lines = [{ sku: 'TEA-01', quantity: 1 }];
  const totalMinor = totalOf(lines);
  await Promise.all(sales.map(async ({ cell, commandId }) => {
    const offer = { lines, currency: 'GBP', totalMinor, tenders: [card(totalMinor, tokenOf(cell))] };
    // A till that is present asks again and again under the same id; the other sends once and is never heard of again.
    await world.till.checkout(offer, { commandId, waitSeconds: cell.till === 'present' ? 20 : 0 });
    if (cell.till === 'present') await world.till.checkout(offer, { commandId, waitSeconds: 20 });
  }));
  const endings = await world.ended(sales.map(({ commandId }) => commandId), 120_000);

  const found = sales.map(({ cell, commandId }) => ({ ...cell, state: endings.get(commandId)?.state }));
  const wanted = cells.map((cell) => ({ ...cell, state: cell.outcome !== 'declined' ? 'completed' : cell.step === 'authorize' ? 'declined' : expect.stringMatching(/declined|cancelled/) as string }));
  expect(found).toEqual(wanted);
  await world.expectBalance(endings.values());

  // Every fault was met, and the trail of each payment in doubt says what was learned.
  const { body: faults } = await world.operator.call<{ rules: { hits: number }[] }>('GET', `${world.network.url('provider')}/faults`);
  expect(faults.rules.map(({ hits }) => hits > 0)).toEqual(cells.map(() => true));
  const operator = await operatorOf(world.network, 'brightside');
  const trails: { cell: Cell; attention: string | undefined; isInDoubt: boolean }[] = [];
  for (const { cell, saleId } of sales) {
    const { body } = await operator.call<{ audit: { event: string }[]; attention?: string }>('GET', `${world.network.url('payment')}/v1/payments/${saleId}`);
    trails.push({ cell, attention: body.attention, isInDoubt: body.audit.some(({ event }) => event === 'in-doubt') });
  }
  expect(trails.filter(({ attention }) => attention !== undefined)).toEqual([]);
  expect(trails.filter(({ cell, isInDoubt }) => isInDoubt !== (cell.reply !== 'duplicate' || cell.outcome === 'never arrived'))).toEqual([]);
  const { body } = await operator.call<{ checkouts: unknown[] }>('GET', `${world.network.url('orchestrator')}/v1/attention`);
  expect(body.checkouts).toEqual([]);
}, 240_000);
