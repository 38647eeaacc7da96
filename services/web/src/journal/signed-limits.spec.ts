import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { trusted } from './signed-limits.ts';

const now = Date.parse('2026-11-22T10:00:00.000Z');
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { aud: 'till', tenant: 'brightside', store: 'LEEDS-01', sub: 'LEEDS-01-T1', currency: 'GBP', perSaleMinor: 5_000, sumMinor: 150_000, count: 200, ageMs: 86_400_000, iat: now / 1_000, exp: now / 1_000 + 3_600 };

/** Signed as a service signs, and not by the code under test. */
function signed(key: KeyObject, what: object = claims, header: object = { alg: 'ES256', typ: 'JWT', kid: 'k1' }): string {
  const text = `${encoded(header)}.${encoded(what)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
const keys = [{ kty: 'EC', crv: 'P-256', x, y, kid: 'k1', alg: 'ES256', use: 'sig' }] as const;
const trust = (token: string, at = now, tillId = 'LEEDS-01-T1') => trusted({ token, keys: [...keys] }, tillId, at);

it('believes limits that the back end has signed for this till, until they end', async () => {
  expect(await trust(signed(privateKey))).toEqual({ limits: { perSaleMinor: 5_000, sumMinor: 150_000, count: 200, ageMs: 86_400_000 }, until: now + 3_600_000 });
  expect(await trust(signed(privateKey), now + 3_600_000)).toEqual({ fault: 'limits-ended' });
});

it('believes nobody else', async () => {
  const [header = '', , signature = ''] = signed(privateKey).split('.');
  const another = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const faults = await Promise.all([
    trust(`${header}.${encoded({ ...claims, perSaleMinor: 5_000_000 })}.${signature}`),
    trust(signed(another)),
    trust(signed(privateKey, claims, { alg: 'ES256', typ: 'JWT', kid: 'k2' })),
    trust(`${encoded({ alg: 'none', kid: 'k1' })}.${encoded(claims)}.`),
    trust('no token at all'),
    trust(signed(privateKey, { ...claims, count: 'many' })),
  ]);
  expect(faults).toEqual(faults.map(() => ({ fault: 'limits-changed' })));
});

it('takes no limits of another till, and none that it has not been given', async () => {
  expect(await trust(signed(privateKey), now, 'LEEDS-01-T2')).toEqual({ fault: 'limits-of-another' });
  expect(await trusted(undefined, 'LEEDS-01-T1', now)).toEqual({ fault: 'limits-missing' });
});
