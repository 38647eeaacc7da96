import { anOffer, leeds, till } from '../testing.ts';
import { fingerprintOf } from './fingerprint.ts';

describe('the fingerprint of a request', () => {
  it('does not depend on the order of members', () => {
    expect(fingerprintOf(leeds, till, { a: 1, b: { c: [1, 2], d: 'x' } })).toBe(fingerprintOf(leeds, till, { b: { d: 'x', c: [1, 2] }, a: 1 }));
  });

  it('does not depend on the clock of the till: a repeat carries a new time, by whichever way it comes', () => {
    const sent = fingerprintOf(leeds, till, anOffer({ requestedAt: '2026-01-05T12:00:00.000Z' }));
    expect(fingerprintOf(leeds, till, anOffer({ requestedAt: '2026-01-05T12:00:07.000Z' }))).toBe(sent);
    expect(fingerprintOf(leeds, till, anOffer())).toBe(sent);
    expect(fingerprintOf(leeds, till, { ...anOffer(), leftShop: { soldAt: '2026-01-05T12:00:07.000Z' } })).toBe(sent);
  });

  it.each([
    ['another amount', leeds, till, anOffer({ totalMinor: 1 })],
    ['another till', leeds, 'LEEDS-01-T2', anOffer()],
    ['another store', 'YORK-01', till, anOffer()],
  ])('differs for %s', (_, store, of, body) => {
    expect(fingerprintOf(store, of, body)).not.toBe(fingerprintOf(leeds, till, anOffer()));
  });

  it('depends on the order of lines, which is the order on the receipt', () => {
    expect(fingerprintOf(leeds, till, [1, 2])).not.toBe(fingerprintOf(leeds, till, [2, 1]));
  });

  it('fits its column', () => {
    expect(fingerprintOf(leeds, till, anOffer())).toHaveLength(43);
  });
});
