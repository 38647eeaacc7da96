import { toldBy } from './answer.ts';

const status = {
  checkoutId: '01890000-0000-7000-8000-000000000000', saleId: '01890000-0000-8000-8000-000000000000', state: 'accepted', moneyMoved: 'unknown', action: 'Wait.', currency: 'GBP', totalMinor: 598,
  acceptedVia: 'sql', links: { self: '/', events: '/e' }, acceptedAt: '2026-11-22T10:00:00Z',
};
const problem = { type: 'x', code: 'total-mismatch', retryable: false, outcome: 'not_accepted', moneyMoved: 'no', traceId: 't' };

it.each([
  ['an accepted sale', 202, status, 'status'],
  ['a page that says 200', 200, '<h1>Welcome to our Wi-Fi</h1>', 'later'],
  ['a status that says too little', 200, { state: 'completed' }, 'later'],
  ['a refusal', 422, problem, 'refused'],
  ['a part of the back end that is down', 503, { ...problem, code: 'dependency-unavailable', retryable: true }, 'later'],
  ['too many requests', 429, { ...problem, code: 'rate-limited', retryable: true, retryAfterMs: 900 }, 'later'],
  ['a defect', 500, { ...problem, code: 'internal', retryable: true, outcome: 'unknown' }, 'later'],
  ['a gateway', 502, '<h1>502</h1>', 'later'],
  ['a site that has lost its back end', 404, '', 'later'],
  ['a token that has expired', 401, { ...problem, code: 'auth-expired' }, 'signed-out'],
  ['a code that is newer than this till', 422, { ...problem, code: 'loyalty-unknown' }, 'refused'],
])('%s', (_what, code, body, kind) => {
  expect(toldBy(code, body).kind).toBe(kind);
});

it('knows that nothing happened only when the back end says so', () => {
  expect(toldBy(503, { ...problem, retryable: true })).toMatchObject({ isKnown: true });
  expect(toldBy(503, { ...problem, retryable: true, outcome: 'unknown' })).toMatchObject({ isKnown: false });
  expect(toldBy(502, '')).toMatchObject({ isKnown: false });
});

it('T18 reads the answers of a back end that is newer than this till', () => {
  const newer = { ...status, state: 'rejected', loyaltyPoints: 7, acceptedVia: 'carrier-pigeon', links: { ...status.links, survey: '/s' }, reason: { code: 'age-not-proven', message: 'x', proof: 'y' } };
  expect(toldBy(200, newer)).toMatchObject({ kind: 'status', status: { state: 'rejected', reason: undefined } });
  const known = { ...newer, reason: { code: 'stock-short', message: 'x', since: 'y', shortages: [{ sku: 'TEA-80', wanted: 2, available: 1 }] } };
  expect(toldBy(200, known)).toMatchObject({ status: { reason: { code: 'stock-short', shortages: [{ available: 1 }] } } });
});
