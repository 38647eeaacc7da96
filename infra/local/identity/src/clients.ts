import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What a token says about its bearer. */
export interface Claims {
  readonly subject: string;
  readonly tenant: string;
  readonly store?: string;
  readonly till?: string;
  readonly roles: readonly string[];
}

/** A client that may ask for a token, as the CLIENTS file declares it. */
export interface Client extends Omit<Claims, 'subject'> {
  readonly clientId: string;
  readonly secret: string;
}

/** @throws when an entry lacks a part: better at the start than at the first sign-in */
export function readClients(file: string): readonly Client[] {
  const entries: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(entries)) throw new Error(`${file} must hold a list of clients.`);
  return entries.map((entry: unknown, index) => {
    if (!isClient(entry)) throw new Error(`${file}: client ${index} needs clientId, secret, tenant and roles.`);
    return entry;
  });
}

/** The claims of a client that knows its secret. Unknown clients take as long as wrong secrets. */
export function claimsOf(clients: readonly Client[], clientId: string, secret: string): Claims | undefined {
  const client = clients.find((each) => each.clientId === clientId);
  const isRight = timingSafeEqual(digestOf(client?.secret ?? ''), digestOf(secret));
  if (!client || !isRight || secret === '') return undefined;
  const { tenant, store, till, roles } = client;
  return { subject: clientId, tenant, ...(store !== undefined && { store }), ...(till !== undefined && { till }), roles };
}

const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

function isClient(entry: unknown): entry is Client {
  if (typeof entry !== 'object' || entry === null) return false;
  const { clientId, secret, tenant, store, till, roles } = entry as Record<string, unknown>;
  return [clientId, secret, tenant].every((part) => typeof part === 'string' && part !== '')
    && [store, till].every((part) => part === undefined || typeof part === 'string')
    && Array.isArray(roles) && roles.every((role) => typeof role === 'string');
}
