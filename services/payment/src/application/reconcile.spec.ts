import { minutes } from '@checkout/kernel';
import type { OurBooks, ProviderMovement } from '../domain/reconciliation.ts';
import { noon, sale } from '../testing.ts';
import type { BooksDiffer } from './ports.ts';
import { Reconcile } from './reconcile.ts';

const { tenantId, saleId } = sale;
const theirs = (movement: ProviderMovement['movement'], more: Partial<ProviderMovement> = {}): ProviderMovement => ({ movement, providerId: 'auth_1', amountMinor: 598, currency: 'GBP', ...more });
const ours = (state: OurBooks['state'], ...kinds: OurBooks['entries'][number]['kind'][]): OurBooks =>
  ({ state, providerId: 'auth_1', currency: 'GBP', entries: kinds.map((kind) => ({ kind, amountMinor: 598 })), refunds: [] });

/** A sale of which 200 went back, or was to. */
const withRefund = (state: OurBooks['refunds'][number]['state']): OurBooks => ({ ...ours('captured', 'authorized', 'captured'), refunds: [{ reference: 'r-1', amountMinor: 200, state }] });

/** Both sides, as they are given; `ageMs` is how old the newest movement is. */
async function compare(movements: readonly ProviderMovement[], books: OurBooks | undefined, { held = [] as readonly string[], ageMs = minutes(20) } = {}) {
  const told: BooksDiffer['body'][] = [];
  let upTo = 0;
  const lines = movements.map((movement, index) => ({
    sequence: index + 1, at: noon - ageMs, entry: { ...movement, sequence: index + 1, at: noon - ageMs, tender: { tenantId, saleId, position: 1 } },
  }));
  const reconcile = new Reconcile(
    { page: (after, limit) => Promise.resolve(lines.slice(after, after + limit)), isHeld: (id) => Promise.resolve(held.includes(id)) },
    { of: () => Promise.resolve(() => books), comparedUpTo: () => Promise.resolve(upTo), noteComparedUpTo: (sequence) => Promise.resolve(void (upTo = sequence)) },
    { booksDiffer: ({ body }) => Promise.resolve(void told.push(body)) },
    () => noon,
  );
  const run = await reconcile.run();
  const again = await reconcile.run();
  return { run, again, upTo, told };
}

describe('reconciliation', () => {
  it.each([
    ['captured', [theirs('authorized'), theirs('captured')], ours('captured', 'authorized', 'captured')],
    ['given back', [theirs('authorized'), theirs('voided')], ours('voided', 'authorized', 'voided')],
    ['given back in part', [theirs('captured'), theirs('refunded', { amountMinor: 200, refundReference: 'r-1' })], withRefund('refunded')],
    ['given back before anybody knew that it was held', [theirs('authorized'), theirs('voided')], { ...ours('voided'), providerId: null }],
  ] as const)('finds nothing in a sale that was %s', async (_, movements, books) => {
    const { run, told } = await compare(movements, books);
    expect([run, told]).toEqual([{ compared: 2, different: 0 }, []]);
  });

  it.each([
    ['a capture that our books do not have', [theirs('captured')], ours('authorized', 'authorized'), 'captured 598 GBP there; nothing captured here'],
    ['a capture of another amount', [theirs('captured', { amountMinor: 600 })], ours('captured', 'authorized', 'captured'), 'captured 600 GBP there; 598 GBP here'],
    ['a void of what we captured', [theirs('voided')], ours('captured', 'authorized', 'captured'), 'voided 598 GBP there; captured here'],
    ['money given back that nobody here has asked for (P20)', [theirs('refunded', { amountMinor: 200, refundReference: 'r-1' })], ours('captured', 'authorized', 'captured'), 'refunded 200 GBP there as r-1; no such refund here'],
    ['money given back on the card that was handed over in cash as well', [theirs('refunded', { amountMinor: 200, refundReference: 'r-1' })], withRefund('in-cash'), 'refunded 200 GBP there as r-1; 200 GBP in-cash here'],
    ['money given back of which our books say that it was declined', [theirs('refunded', { amountMinor: 200, refundReference: 'r-1' })], withRefund('declined'), 'refunded 200 GBP there as r-1; 200 GBP declined here'],
    ['another amount given back', [theirs('refunded', { amountMinor: 300, refundReference: 'r-1' })], withRefund('refunded'), 'refunded 300 GBP there as r-1; 200 GBP refunded here'],
    ['money for a tender that we do not have', [theirs('captured')], undefined, 'captured 598 GBP for a tender that we do not know'],
  ] as const)('finds %s', async (_, movements, books, difference) => {
    const { told } = await compare(movements, books);
    expect(told).toEqual([{ tenantId, saleId, position: 1, difference }]);
  });

  it('finds an authorization that came after it was given up, and is still held', async () => {
    const books = { ...ours('voided'), providerId: null };
    expect((await compare([theirs('authorized')], books, { held: ['auth_1'] })).told).toMatchObject([{ heldId: 'auth_1' }]);
    expect((await compare([theirs('authorized')], books)).told).toEqual([]);
  });

  it('leaves alone what may still be on its way into our books', async () => {
    const { run, upTo, told } = await compare([theirs('captured')], ours('authorized', 'authorized'), { ageMs: minutes(14) });
    expect([run.compared, upTo, told]).toEqual([0, 0, []]);
  });

  it('keeps up with a provider that has moved more than a page since', async () => {
    const { run, upTo } = await compare(Array.from({ length: 1_200 }, () => theirs('captured')), ours('captured', 'authorized', 'captured'));
    expect([run, upTo]).toEqual([{ compared: 1_200, different: 0 }, 1_200]);
  });

  it('compares every movement once', async () => {
    const { again, upTo } = await compare([theirs('authorized'), theirs('captured')], ours('captured', 'authorized', 'captured'));
    expect([again.compared, upTo]).toEqual([0, 2]);
  });
});
