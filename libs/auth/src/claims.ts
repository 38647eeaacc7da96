import type { StoreId, TenantId, TillId } from '@checkout/kernel';
import { AuthError } from './auth-error.ts';
import { roles, type Principal, type Role } from './principal.ts';

/** The shapes the contracts give these ids: one that does not fit here would be refused by the first message. */
const forms = {
  sub: /^[\x21-\x7e]{1,128}$/,
  tenant: /^[a-z0-9][a-z0-9-]{0,39}$/,
  store: /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/,
  till: /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/,
};
type Claim = keyof typeof forms;

const known: ReadonlySet<unknown> = new Set(roles);

/**
 * The principal that a verified token's claims describe.
 * @throws AuthError when a claim is missing or is not exactly of its type: one tenant, and never a list of them.
 */
export function principalOf(claims: Readonly<Record<string, unknown>>): Principal {
  const storeId = optional<StoreId>(claims, 'store');
  const tillId = optional<TillId>(claims, 'till');
  return Object.freeze({
    tenantId: required<TenantId>(claims, 'tenant'),
    subject: required(claims, 'sub'),
    ...(storeId !== undefined && { storeId }),
    ...(tillId !== undefined && { tillId }),
    roles: rolesOf(claims['roles']),
  });
}

function required<Id extends string = string>(claims: Readonly<Record<string, unknown>>, claim: Claim): Id {
  const value = claims[claim];
  if (typeof value !== 'string' || !forms[claim].test(value)) throw new AuthError('auth-invalid', `claim ${claim} is missing or malformed`);
  return value as Id;
}

const optional = <Id extends string>(claims: Readonly<Record<string, unknown>>, claim: Claim): Id | undefined =>
  claims[claim] === undefined ? undefined : required<Id>(claims, claim);

/** A role this version does not know grants nothing, so that the identity provider may be ahead of us. */
function rolesOf(value: unknown): readonly Role[] {
  if (!Array.isArray(value) || !value.every((role) => typeof role === 'string')) throw new AuthError('auth-invalid', 'claim roles is not a list of strings');
  return Object.freeze([...new Set(value.filter((role): role is Role => known.has(role)))]);
}
