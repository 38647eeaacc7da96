import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { readClients, startIdentity, type Client } from './index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'identity-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const clients: readonly Client[] = [{ clientId: 'till-1', secret: 's3:cret', tenant: 'acme', store: 's1', till: 't1', roles: ['till'] }];

const ask = (issuer: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(form), headers });

it('issues a token that its published keys verify', async () => {
  await using identity = await startIdentity({ directory, clients });
  const response = await ask(identity.issuer, { grant_type: 'client_credentials', client_id: 'till-1', client_secret: 's3:cret' });
  const { access_token: token, expires_in: expiresIn } = (await response.json()) as { access_token: string; expires_in: number };
  expect(expiresIn).toBe(8 * 3600);
  const discovery = (await (await fetch(`${identity.issuer}/.well-known/openid-configuration`)).json()) as { issuer: string; jwks_uri: string };
  const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(discovery.jwks_uri)), { issuer: discovery.issuer, audience: identity.audience });
  expect(payload).toMatchObject({ sub: 'till-1', tenant: 'acme', store: 's1', till: 't1', roles: ['till'] });
  expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'JWT', kid: expect.any(String) });
});

it('takes credentials by basic authentication too', async () => {
  await using identity = await startIdentity({ directory, clients });
  const authorization = `Basic ${Buffer.from('till-1:s3%3Acret').toString('base64')}`;
  expect((await ask(identity.issuer, { grant_type: 'client_credentials' }, { authorization })).status).toBe(200);
});

it.each([
  ['a wrong secret', { client_id: 'till-1', client_secret: 'guess' }],
  ['an unknown client', { client_id: 'nobody', client_secret: '' }],
  ['nothing', {}],
])('refuses %s', async (_, credentials) => {
  await using identity = await startIdentity({ directory, clients });
  expect((await ask(identity.issuer, { grant_type: 'client_credentials', ...credentials })).status).toBe(401);
});

it('refuses what it does not do', async () => {
  await using identity = await startIdentity({ directory, clients });
  expect(await (await ask(identity.issuer, { grant_type: 'password' })).json()).toEqual({ error: 'unsupported_grant_type' });
});

it('keeps its key, so that tokens outlive a restart', async () => {
  const keysOf = async () => {
    await using identity = await startIdentity({ directory });
    return (await fetch(identity.jwksUrl)).json();
  };
  const keys = await keysOf();
  expect(await keysOf()).toEqual(keys);
  expect(JSON.stringify(keys)).not.toContain('"d"');
});

it('refuses a list of clients that is not complete', () => {
  const file = join(directory, 'clients.json');
  writeFileSync(file, JSON.stringify([...clients, { clientId: 'x' }]));
  expect(() => readClients(file)).toThrow('client 1 needs clientId');
});

it('lets the pages of its origins read a token, and no others', async () => {
  await using identity = await startIdentity({ directory, clients, origins: ['https://till.example'] });
  const admitted = async (origin: string) => (await ask(identity.issuer, { grant_type: 'client_credentials', client_id: 'till-1', client_secret: 's3:cret' }, { origin })).headers.get('access-control-allow-origin');
  expect([await admitted('https://till.example'), await admitted('https://elsewhere.example')]).toEqual(['https://till.example', null]);
});
