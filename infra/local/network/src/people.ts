import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A client of the identity stand-in: a till, a back office or an operator, with a secret made at the first start. */
export interface Client {
  readonly clientId: string;
  readonly secret: string;
  readonly tenant: string;
  readonly store?: string;
  readonly till?: string;
  readonly roles: readonly string[];
}

/** One grocer with two shops and four tills, and a second tenant whose data the first must never see. */
export const tenants = {
  brightside: { stores: ['LEEDS-01', 'YORK-02'], tillsPerStore: 2 },
  'corner-books': { stores: ['BATH-01'], tillsPerStore: 1 },
} as const;

export type TenantName = keyof typeof tenants;

/** Who runs the product for all tenants. Not a tenant: it sells nothing. */
const platform = 'scanlon';

export function clients(): Client[] {
  return [...peopleOfShops(), client(platform, 'platform-reader', ['sre-reader', 'platform']), client(platform, 'platform-sre', ['sre', 'platform']), client(platform, 'platform-approver', ['sre-approver', 'platform'])];
}

function peopleOfShops(): Client[] {
  return Object.entries(tenants).flatMap(([tenant, { stores, tillsPerStore }]) => [
    ...stores.flatMap((store) => Array.from({ length: tillsPerStore }, (_, index) => client(tenant, `${store}-T${index + 1}`, ['till'], store))),
    client(tenant, `${tenant}-office`, ['back-office']),
    client(tenant, `${tenant}-sre`, ['sre', 'back-office']),
  ]);
}

const client = (tenant: string, clientId: string, roles: readonly string[], store?: string): Client => ({
  clientId,
  secret: randomBytes(18).toString('base64url'),
  tenant,
  ...(store !== undefined && { store, till: clientId }),
  roles,
});

/** Reads the clients of this state folder, or makes them: secrets are born on the machine and never committed. */
export function clientsIn(file: string): Client[] {
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Client[]) : [];
  const made = [...known, ...clients().filter(({ clientId }) => !known.some((each) => each.clientId === clientId))];
  if (made.length === known.length) return known;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  return made;
}
