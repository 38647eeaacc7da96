import { fingerprintOf } from './fingerprint.ts';

it('is the same for the same request, however its members are ordered, and another for another till', () => {
  const one = fingerprintOf('LEEDS-01', 'T1', { a: 1, b: [{ c: 2, d: undefined }] });
  expect(one).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(fingerprintOf('LEEDS-01', 'T1', { b: [{ c: 2 }], a: 1 })).toBe(one);
  expect(fingerprintOf('LEEDS-01', 'T2', { a: 1, b: [{ c: 2 }] })).not.toBe(one);
});
