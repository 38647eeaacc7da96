import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIdentity, type RunningIdentity } from '@checkout/local-identity';
import { DependencyUnavailable } from '@checkout/resilience';
import { AuthError, KeySet, TokenVerifier } from './index.ts';

const issuer = 'https://identity.test/v2';
const audience = 'api://scanlon-checkout';
const second = () => Math.floor(Date.now() / 1000);

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherEc = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');

const jwkOf = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' });
let published: unknown[];
let isUp = true;
let fetches = 0;
let server: Server;
let url: string;
let verifier: TokenVerifier;

beforeAll(async () => {
  server = createServer((_, response) => {
    fetches += 1;
    if (isUp) response.end(JSON.stringify({ keys: published }));
    else response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/jwks` : '';
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  published = [jwkOf(ec.publicKey, 'ec'), jwkOf(rsa.publicKey, 'rsa'), jwkOf(ed.publicKey, 'ed')];
  isUp = true;
  fetches = 0;
  verifier = new TokenVerifier({ issuer, audience, jwksUrl: url });
});

type Part = Readonly<Record<string, unknown>>;
const base64 = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const header = (over: Part = {}): Part => ({ alg: 'ES256', kid: 'ec', typ: 'JWT', ...over });
const claims = (over: Part = {}): Part => ({ iss: issuer, aud: audience, sub: 'till-1', iat: second(), exp: second() + 3600, tenant: 'acme', store: 's1', till: 't1', roles: ['till'], ...over });

type Signer = (input: string) => Buffer;
const es256: Signer = (input) => sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });
const rs256: Signer = (input) => sign('sha256', Buffer.from(input), rsa.privateKey);
const eddsa: Signer = (input) => sign(null, Buffer.from(input), ed.privateKey);

function token(head: Part = header(), body: Part | string = claims(), signer: Signer = es256): string {
  const input = `${base64(head)}.${base64(body)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

async function verdict(authorization: string | undefined): Promise<string> {
  try {
    await verifier.verify(authorization);
    return 'accepted';
  } catch (error) {
    if (error instanceof AuthError) return error.code;
    if (error instanceof DependencyUnavailable) return `${error.dependency} is unavailable`;
    throw error;
  }
}

describe('a good token', () => {
  it('gives the principal that the claims describe', async () => {
    expect(await verifier.verify(`Bearer ${token()}`)).toEqual({ tenantId: 'acme', subject: 'till-1', storeId: 's1', tillId: 't1', roles: ['till'] });
  });

  it.each([
    ['RS256', header({ alg: 'RS256', kid: 'rsa' }), rs256],
    ['EdDSA', header({ alg: 'EdDSA', kid: 'ed' }), eddsa],
    ['ES256 as at+jwt', header({ typ: 'at+jwt' }), es256],
  ] as const)('may be signed with %s', async (_, head, signer) => {
    expect(await verdict(`Bearer ${token(head, claims(), signer)}`)).toBe('accepted');
  });

  it('may have expired, or begin, within the tolerance', async () => {
    expect(await verdict(`Bearer ${token(header(), claims({ exp: second() - 50 }))}`)).toBe('accepted');
    expect(await verdict(`Bearer ${token(header(), claims({ nbf: second() + 50, iat: second() + 50 }))}`)).toBe('accepted');
  });

  it('grants nothing for a role that is not known', async () => {
    expect(await verifier.verify(`Bearer ${token(header(), claims({ roles: ['owner', 'till', 'till'] }))}`)).toMatchObject({ roles: ['till'] });
  });
});

/** The public key as a shared secret: what a verifier that trusts the header's algorithm would check with. */
const hs256: Signer = (input) => createHmac('sha256', rsa.publicKey.export({ type: 'spki', format: 'pem' })).update(input).digest();
const corrupt = (good: string): string => `${good.slice(0, -10)}${good.at(-10) === 'A' ? 'B' : 'A'}${good.slice(-9)}`;

const forged: readonly (readonly [string, () => string | undefined, string?])[] = [
  ['X246 nothing', () => undefined, 'auth-missing'],
  ['X247 another scheme', () => 'Basic dGlsbDpwYXNz'],
  ['X247 bearer twice', () => `Bearer ${token()}, Bearer ${token()}`],
  ['X248 alg none', () => `Bearer ${base64(header({ alg: 'none' }))}.${base64(claims())}.`],
  ['X248 alg nOnE with a signature', () => `Bearer ${token(header({ alg: 'nOnE' }))}`],
  ['X249 HS256 with the public key as secret', () => `Bearer ${token(header({ alg: 'HS256', kid: 'rsa' }), claims(), hs256)}`],
  ['X250 RS256 over an EC key', () => `Bearer ${token(header({ alg: 'RS256' }), claims(), rs256)}`],
  ['X250 ES256 over an RSA key', () => `Bearer ${token(header({ kid: 'rsa' }))}`],
  ['X251 no signature', () => `Bearer ${token().replace(/[^.]+$/, '')}`],
  ['X251 a cut signature', () => `Bearer ${token().slice(0, -4)}`],
  ['X251 one bit of the signature', () => `Bearer ${corrupt(token())}`],
  ['X251 another body under the signature', () => `Bearer ${token().replace(/\.[^.]+\./, `.${base64(claims({ tenant: 'other' }))}.`)}`],
  ['X252 the psychic signature r = s = 0', () => `Bearer ${token(header(), claims(), () => Buffer.alloc(64))}`],
  ['X253 a DER signature', () => `Bearer ${token(header(), claims(), (input) => sign('sha256', Buffer.from(input), ec.privateKey))}`],
  ['X254 a kid that is a path', () => `Bearer ${token(header({ kid: '../../etc/passwd' }))}`],
  ['X254 a kid that is SQL', () => `Bearer ${token(header({ kid: "x' OR 1=1--" }))}`],
  ['X254 no kid', () => `Bearer ${token(header({ kid: undefined }))}`],
  ['X254 a kid that is a number', () => `Bearer ${token(header({ kid: 1 }))}`],
  ['X255 its own key by address', () => `Bearer ${token(header({ jku: 'https://evil.test/jwks' }))}`],
  ['X255 its own key in the header', () => `Bearer ${token(header({ jwk: otherEc.publicKey.export({ format: 'jwk' }) }))}`],
  ['X255 its own certificate', () => `Bearer ${token(header({ x5c: ['MIIB'] }))}`],
  ['X256 an unknown kid', () => `Bearer ${token(header({ kid: 'unknown' }))}`],
  ['X256 another key under our kid', () => `Bearer ${token(header(), claims(), (input) => sign('sha256', Buffer.from(input), { key: otherEc.privateKey, dsaEncoding: 'ieee-p1363' }))}`],
  ['X260 crit', () => `Bearer ${token(header({ crit: ['exp'] }))}`],
  ['X261 zip', () => `Bearer ${token(header({ zip: 'DEF' }))}`],
  ['X262 five parts', () => `Bearer ${token()}.a.b`],
  ['X262 two parts', () => `Bearer ${token().split('.').slice(0, 2).join('.')}`],
  ['X262 padding', () => `Bearer ${token()}=`],
  ['X262 100 KB', () => `Bearer ${token(header(), claims({ extra: 'x'.repeat(100_000) }))}`],
  ['X262 a header that is not JSON', () => `Bearer ${base64('{')}.${base64(claims())}.AAAA`],
  ['X264 no exp', () => `Bearer ${token(header(), claims({ exp: undefined }))}`],
  ['X264 exp as text', () => `Bearer ${token(header(), claims({ exp: String(second() + 60) }))}`],
  ['X264 exp with a fraction', () => `Bearer ${token(header(), claims({ exp: second() + 60.5 }))}`],
  ['X264 exp in the year 9999', () => `Bearer ${token(header(), claims({ exp: 253_402_300_799 }))}`],
  ['X264 expired', () => `Bearer ${token(header(), claims({ exp: second() - 61 }))}`, 'auth-expired'],
  ['X265 nbf to come', () => `Bearer ${token(header(), claims({ nbf: second() + 120 }))}`, 'auth-not-yet-valid'],
  ['X265 iat to come', () => `Bearer ${token(header(), claims({ iat: second() + 120 }))}`, 'auth-not-yet-valid'],
  ['X266 another issuer', () => `Bearer ${token(header(), claims({ iss: 'https://evil.test' }))}`],
  ['X266 an issuer that begins like ours', () => `Bearer ${token(header(), claims({ iss: `${issuer}.evil.test` }))}`],
  ['X266 our issuer with a slash', () => `Bearer ${token(header(), claims({ iss: `${issuer}/` }))}`],
  ['X267 no audience', () => `Bearer ${token(header(), claims({ aud: undefined }))}`],
  ['X267 another audience', () => `Bearer ${token(header(), claims({ aud: 'api://other' }))}`],
  ['X267 a part of our audience', () => `Bearer ${token(header(), claims({ aud: 'api://scanlon' }))}`],
  ['X267 several audiences', () => `Bearer ${token(header(), claims({ aud: [audience, 'api://other'] }))}`],
  ['X268 not an access token', () => `Bearer ${token(header({ typ: 'id+jwt' }))}`],
  ['X270 no subject', () => `Bearer ${token(header(), claims({ sub: '' }))}`],
  ['X270 a long subject', () => `Bearer ${token(header(), claims({ sub: 'x'.repeat(200) }))}`],
  ['X271 no tenant', () => `Bearer ${token(header(), claims({ tenant: undefined }))}`],
  ['X271 two tenants', () => `Bearer ${token(header(), claims({ tenant: ['acme', 'other'] }))}`],
  ['X271 a tenant that is an object', () => `Bearer ${token(header(), claims({ tenant: { id: 'acme' } }))}`],
  ['X271 a tenant with a wildcard', () => `Bearer ${token(header(), claims({ tenant: '%' }))}`],
  ['X274 roles as text', () => `Bearer ${token(header(), claims({ roles: 'till' }))}`],
  ['X274 roles that are not text', () => `Bearer ${token(header(), claims({ roles: [1] }))}`],
  ['claims that are a list', () => `Bearer ${token(header(), '[]')}`],
];

it.each(forged.map(([what, made, code = 'auth-invalid']) => [what, made, code] as const))('a token is refused: %s', async (_, made, code) => {
  expect(await verdict(made())).toBe(code);
});

describe('a token seen before', () => {
  it('T16 is answered at once, until it expires', async () => {
    let now = Date.now();
    verifier = new TokenVerifier({ issuer, audience, jwksUrl: url, now: () => now });
    const authorization = `Bearer ${token()}`;
    const first = await verifier.verify(authorization);
    expect(verifier.verify(authorization)).toBe(first);
    now += 3_661_000;
    expect(await verdict(authorization)).toBe('auth-expired');
    expect(await verdict(authorization)).toBe('auth-expired');
  });

  it('is verified once when it comes a hundred times together', async () => {
    const authorization = `Bearer ${token()}`;
    const principals = await Promise.all(Array.from({ length: 100 }, async () => verifier.verify(authorization)));
    expect(new Set(principals).size).toBe(1);
  });

  it('is refused once its key is withdrawn', async () => {
    let now = 0;
    const keys = new KeySet({ url, refreshAfterMs: 1_000, cooldownMs: 0, now: () => now });
    verifier = new TokenVerifier({ issuer, audience, jwksUrl: url, keys });
    const authorization = `Bearer ${token()}`;
    expect(await verdict(authorization)).toBe('accepted');
    published = [jwkOf(otherEc.publicKey, 'next')];
    now = 2_000;
    await verifier.verify(authorization);
    while (keys.generation === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await verdict(authorization)).toBe('auth-invalid');
  });
});

describe('the key set', () => {
  it('X258 keeps working from what it has while the provider is down', async () => {
    let now = 0;
    const keys = new KeySet({ url, now: () => now });
    verifier = new TokenVerifier({ issuer, audience, jwksUrl: url, keys });
    expect(await verdict(`Bearer ${token()}`)).toBe('accepted');
    isUp = false;
    now = 24 * 3_600_000;
    expect(await verdict(`Bearer ${token(header(), claims({ sub: 'till-2' }))}`)).toBe('accepted');
    expect(await verdict(`Bearer ${token(header({ kid: 'unknown' }))}`)).toBe('auth-invalid');
  });

  it('X258 is found once the provider comes up after us; until then the provider is what is missing, not the till\'s sign-in', async () => {
    isUp = false;
    let now = 0;
    verifier = new TokenVerifier({ issuer, audience, jwksUrl: url, keys: new KeySet({ url, now: () => now }) });
    expect(await verdict(`Bearer ${token()}`)).toBe('identity is unavailable');
    isUp = true;
    now = 1_500;
    expect(await verdict(`Bearer ${token()}`)).toBe('accepted');
  });

  it('X256 is not fetched again for every forged key id', async () => {
    await verdict(`Bearer ${token()}`);
    for (let n = 0; n < 50; n++) await verdict(`Bearer ${token(header({ kid: `forged-${n}` }))}`);
    expect(fetches).toBe(1);
  });

  it('OP16 learns a new key when a token names it, after the cool-down', async () => {
    let now = 0;
    verifier = new TokenVerifier({ issuer, audience, jwksUrl: url, keys: new KeySet({ url, now: () => now }) });
    await verdict(`Bearer ${token()}`);
    published = [...published, jwkOf(otherEc.publicKey, 'next')];
    const next = token(header({ kid: 'next' }), claims(), (input) => sign('sha256', Buffer.from(input), { key: otherEc.privateKey, dsaEncoding: 'ieee-p1363' }));
    expect(await verdict(`Bearer ${next}`)).toBe('auth-invalid');
    now = 31_000;
    expect(await verdict(`Bearer ${next}`)).toBe('accepted');
  });

  it('X257 trusts neither of two keys with one id', async () => {
    published = [...published, jwkOf(otherEc.publicKey, 'ec')];
    expect(await verdict(`Bearer ${token()}`)).toBe('auth-invalid');
  });

  it('X259 refuses an answer that is too large', async () => {
    published = [...published, { kid: 'big', kty: 'oct', k: 'x'.repeat(300_000) }];
    expect(await verdict(`Bearer ${token()}`)).toBe('identity is unavailable');
  });

  it('X259 does not follow a redirect', async () => {
    const elsewhere = createServer((_, response) => response.writeHead(302, { location: url }).end());
    await new Promise<void>((resolve) => void elsewhere.listen(0, '127.0.0.1', resolve));
    const address = elsewhere.address();
    verifier = new TokenVerifier({ issuer, audience, jwksUrl: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/` });
    expect(await verdict(`Bearer ${token()}`)).toBe('identity is unavailable');
    elsewhere.closeAllConnections();
    elsewhere.close();
  });

  it('takes no symmetric key and no key for another use', async () => {
    published = [{ kty: 'oct', kid: 'ec', k: 'c2VjcmV0' }, { ...jwkOf(ec.publicKey, 'enc'), use: 'enc' }, jwkOf(rsa.publicKey, 'rsa')];
    expect(await verdict(`Bearer ${token()}`)).toBe('auth-invalid');
    expect(await verdict(`Bearer ${token(header({ kid: 'enc' }))}`)).toBe('auth-invalid');
  });
});

describe('the identity stand-in', () => {
  let directory: string;
  let identity: RunningIdentity;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'auth-'));
    identity = await startIdentity({ directory });
  });
  afterAll(async () => {
    await identity.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('issues tokens that are accepted, also after it was restarted', async () => {
    const authorization = `Bearer ${await identity.token({ subject: 'desk', tenant: 'acme', roles: ['back-office'] })}`;
    await identity.close();
    identity = await startIdentity({ directory, port: identity.port });
    verifier = new TokenVerifier(identity);
    expect(await verifier.verify(authorization)).toEqual({ tenantId: 'acme', subject: 'desk', roles: ['back-office'] });
  });
});
