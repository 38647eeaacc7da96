import { createHash, generateKeyPairSync, webcrypto } from 'node:crypto';
import { http } from '@checkout/contracts';
import { LimitsSigner } from '../gateway/limits-signer.ts';
import { acme, aStore, leeds, noon, rowsOf, till } from '../testing.ts';
import { StateLimits } from './state-limits.ts';

const jwk = () => JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }));
const limitsOfShop = (stores = [aStore()]) => new StateLimits({ read: () => Promise.resolve(rowsOf({ stores })) }, new LimitsSigner(jwk()));
const asTill = { tenantId: acme, storeId: leeds, tillId: till };
const decoded = (part = ''): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());

/** As a browser does it, and not by the code that signs. */
async function isSignedBy({ keys: [key] }: http.LimitsKeys, token: string): Promise<boolean> {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const imported = await webcrypto.subtle.importKey('jwk', key ?? {}, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  return webcrypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, imported, Buffer.from(signature, 'base64url'), Buffer.from(`${header}.${claims}`));
}

it('signs what this till may take on cards alone, so that a browser can tell', async () => {
  const limits = limitsOfShop();
  const token = (await limits.of(asTill, noon)) ?? '';
  const [header, claims] = token.split('.');
  expect(await isSignedBy(await limits.keys(), token)).toBe(true);
  expect(decoded(header)).toEqual({ alg: 'ES256', typ: 'JWT', kid: (await limits.keys()).keys[0]?.kid });
  expect(http.OfflineLimits.parse(decoded(claims))).toMatchObject({ sub: till, store: leeds, currency: 'GBP', perSaleMinor: 5_000, iat: noon / 1_000, exp: noon / 1_000 + 72 * 3_600 });
});

it('shows a change of one digit, and the signature of another key', async () => {
  const limits = limitsOfShop();
  const [header = '', claims = '', signature = ''] = ((await limits.of(asTill, noon)) ?? '').split('.');
  const raised = Buffer.from(Buffer.from(claims, 'base64url').toString().replace('"perSaleMinor":5000', '"perSaleMinor":5000000')).toString('base64url');
  expect(await isSignedBy(await limits.keys(), `${header}.${raised}.${signature}`)).toBe(false);
  expect(await isSignedBy(await limitsOfShop().keys(), `${header}.${claims}.${signature}`)).toBe(false);
});

it('publishes no private part, and names a key by its thumbprint', async () => {
  const { keys: [key] } = await limitsOfShop().keys();
  expect(key).not.toHaveProperty('d');
  expect(key?.kid).toBe(createHash('sha256').update(JSON.stringify({ crv: 'P-256', kty: 'EC', x: key?.x, y: key?.y })).digest('base64url'));
});

it('has none for a store that is not set up', async () => {
  expect(await limitsOfShop([]).of(asTill, noon)).toBeUndefined();
});
