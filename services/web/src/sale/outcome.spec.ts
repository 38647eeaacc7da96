import type { http } from '@checkout/contracts';
import type { CommandId } from '@checkout/kernel';
import type { KeptSale, Standing } from '../journal/book.ts';
import { emptyBook } from '../journal/book.ts';
import { aSale } from '../journal/testing.ts';
import { words } from '../words/index.ts';
import { outcomeOf } from './outcome.ts';

const soldAt = 1_000_000;
const sale = (standing: Standing, over: Partial<KeptSale> = {}, by: 'card' | 'cash' = 'card'): KeptSale => ({ ...aSale('one' as CommandId, by)(emptyBook), soldAt, standing, ...over });
const ended = (status: Partial<http.CheckoutStatus>): Standing => ({ state: 'ended', status: { state: 'completed', ...status } as http.CheckoutStatus });
const of = (kept: KeptSale, now = soldAt + 500) => outcomeOf(kept, words.en, 'en', now);

it.each<[string, KeptSale, object]>([
  ['paid', sale(ended({})), { tone: 'good', money: 'yes', canPayAgain: false }],
  ['declined', sale(ended({ state: 'declined' })), { tone: 'bad', money: 'no', canPayAgain: true }],
  ['short of goods', sale(ended({ state: 'rejected' })), { tone: 'bad', money: 'no', canPayAgain: true }],
  ['kept, in cash', sale({ state: 'waiting' }, { releasedAt: soldAt }, 'cash'), { tone: 'kept', money: 'yes', isSettled: true }],
  ['kept, on a card', sale({ state: 'waiting' }, { releasedAt: soldAt }), { tone: 'kept', money: 'drawer', isSettled: true }],
  ['declined after the goods had gone', sale(ended({ state: 'declined' }), { releasedAt: soldAt }), { tone: 'bad', money: 'no', canPayAgain: false, title: words.en.outcome.goodsGone.title }],
  ['refused for its total', sale({ state: 'parked', refusal: { code: 'total-mismatch' }, isKnown: true }), { tone: 'bad', money: 'no', canPayAgain: true }],
  ['stuck', sale({ state: 'parked', refusal: { code: 'internal' }, isKnown: false }), { tone: 'bad', money: 'unknown', canPayAgain: false }],
  ['taken back', sale({ state: 'withdrawn' }), { tone: 'bad', money: 'no', canPayAgain: true }],
])('a sale that is %s says so', (_what, kept, outcome) => {
  expect(of(kept)).toMatchObject(outcome);
});

it('says “do not charge again” as long as nobody knows', () => {
  for (const kept of [sale({ state: 'waiting' }), sale({ state: 'accepted', saleId: 's' })]) {
    expect([of(kept, soldAt + 60_000).action, of(kept, soldAt + 60_000).money]).toEqual([words.en.outcome.checking.action, 'unknown']);
    expect(of(kept).isSettled).toBe(false);
  }
});

it('names the articles that are missing', () => {
  const reason = { code: 'stock-short', message: 'x', shortages: [{ sku: 'TEA-80', wanted: 2, available: 1 }] } as unknown as NonNullable<http.CheckoutStatus['reason']>;
  expect(of(sale(ended({ state: 'rejected', reason }))).details).toEqual(['Tea: 1 left']);
});

it('never says “try again later”, in any language', () => {
  expect(JSON.stringify(words, (_name, value: unknown) => (typeof value === 'function' ? String(value) : value))).not.toMatch(/again later|später (noch einmal|erneut|wieder)/i);
});
