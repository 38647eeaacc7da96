import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SignJWT } from 'jose';
import { claimsOf, type Claims, type Client } from './clients.ts';
import { signingKeyOf } from './signing-key.ts';

export interface IdentityOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Where the signing key is kept. */
  readonly directory: string;
  readonly clients?: readonly Client[];
  /** Default 8 hours: a shift. */
  readonly lifetimeSeconds?: number;
  /** Gives tokens to whoever shows this header, as a host on Azure gives them to the programs that it runs. Nobody without it. */
  readonly managedIdentity?: ManagedIdentityOptions;
  /** Whose pages may ask for tokens from a browser. None by default. */
  readonly origins?: readonly string[];
  /** Default: the address it listens on. Set it when others reach it under another name. */
  readonly issuer?: string;
}

export interface ManagedIdentityOptions {
  /** `IDENTITY_HEADER` of the programs. */
  readonly header: string;
  /** How long a token really lives. On Azure a day. */
  readonly lifetimeSeconds: number;
  /**
   * How much later than it ends a token says it ends. The bus's SDK renews two minutes before that, so that a test whose tokens live for seconds
   * sees a renewal and not a storm of them.
   */
  readonly saidLaterSeconds?: number;
}

export interface RunningIdentity extends AsyncDisposable {
  readonly port: number;
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  /** A token without asking over HTTP. */
  token(claims: Claims): Promise<string>;
  close(): Promise<void>;
}

/** What the services expect in `aud`, here as in Entra ID. */
export const audience = 'api://scanlon-checkout';

const largestBody = 16 * 1024;

/**
 * The stand-in for Entra ID: discovery, keys, and tokens by the client credentials grant (RFC 6749 §4.4).
 * What it does not do it refuses with `unsupported_grant_type`.
 */
export async function startIdentity({ port = 0, host = '127.0.0.1', directory, clients = [], lifetimeSeconds = 8 * 3600, managedIdentity, origins = [], issuer: named }: IdentityOptions): Promise<RunningIdentity> {
  const key = await signingKeyOf(directory);
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, host, resolve));
  const bound = portOf(server);
  const base = `http://${host}:${bound}`;
  const issuer = named ?? base;

  /** Tokens for programs; shown by `/health`, so that a test can see that they are asked for again. */
  let granted = 0;

  const token = ({ subject, tenant, store, till, roles }: Claims): Promise<string> =>
    new SignJWT({ tenant, ...(store !== undefined && { store }), ...(till !== undefined && { till }), roles: [...roles] })
      .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'JWT' })
      .setIssuer(issuer).setAudience(audience).setSubject(subject).setIssuedAt().setNotBefore('0s').setExpirationTime(`${lifetimeSeconds}s`)
      .sign(key.privateKey);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?', 1)[0];
    const { origin } = request.headers;
    // A form needs no preflight.
    if (origin !== undefined && origins.includes(origin)) response.setHeader('access-control-allow-origin', origin);
    if (request.method === 'GET' && path === '/health') return send(response, 200, { status: 'ok', granted });
    if (request.method === 'GET' && path === '/jwks') return send(response, 200, { keys: [key.publicJwk] });
    if (request.method === 'GET' && path === '/.well-known/openid-configuration') {
      return send(response, 200, {
        issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token`,
        grant_types_supported: ['client_credentials'], token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
        id_token_signing_alg_values_supported: ['ES256'], response_types_supported: ['token'], subject_types_supported: ['public'],
      });
    }
    if (request.method === 'POST' && path === '/token') return issue(request, response);
    if (request.method === 'GET' && path === '/msi/token' && managedIdentity) return grant(managedIdentity, request, response);
    return send(response, 404, { error: 'not_found' });
  }

  /** https://learn.microsoft.com/azure/container-apps/managed-identity#rest-endpoint-reference */
  async function grant({ header, lifetimeSeconds: lives, saidLaterSeconds = 0 }: ManagedIdentityOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = new URL(request.url ?? '/', base).searchParams;
    const resource = query.get('resource');
    if (request.headers['x-identity-header'] !== header) return send(response, 401, { statusCode: 401, message: 'The header is not right.' });
    if (!resource) return send(response, 400, { statusCode: 400, message: 'Say for which resource.' });
    const end = Math.ceil(Date.now() / 1_000) + lives;
    const accessToken = await new SignJWT({ appid: query.get('client_id') ?? 'system' })
      .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'JWT' }).setIssuer(issuer).setAudience(resource).setSubject('managed-identity').setIssuedAt().setExpirationTime(end).sign(key.privateKey);
    granted += 1;
    return send(response, 200, { access_token: accessToken, expires_on: String(end + saidLaterSeconds), resource, token_type: 'Bearer', client_id: query.get('client_id') ?? '' });
  }

  async function issue(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await textOf(request));
    if (form.get('grant_type') !== 'client_credentials') return send(response, 400, { error: 'unsupported_grant_type' });
    const [clientId, secret] = credentialsOf(request.headers.authorization, form);
    const claims = claimsOf(clients, clientId, secret);
    if (!claims) return send(response, 401, { error: 'invalid_client' });
    return send(response, 200, { access_token: await token(claims), token_type: 'Bearer', expires_in: lifetimeSeconds });
  }

  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: bound, issuer, audience, jwksUrl: `${base}/jwks`, token, close, [Symbol.asyncDispose]: close };
}

/** The client's id and secret, from the form or from basic authentication (RFC 6749 §2.3.1). */
function credentialsOf(authorization: string | undefined, form: URLSearchParams): readonly [string, string] {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  const [clientId = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return [decodeOf(clientId), decodeOf(secret.join(':'))];
}

/** Both parts are form-encoded before they are joined. A text that is not is taken as it stands. */
function decodeOf(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > largestBody) throw new Error('The request is too large.');
  }
  return text;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The identity stand-in does not listen on a port.');
  return address.port;
}
