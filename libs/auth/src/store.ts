import { AuthError } from './auth-error.ts';
import type { Principal } from './principal.ts';

/**
 * Asserts that the principal may act for a store. A till may only for its own, and a till without a store for none;
 * staff without a store may for every store of their tenant.
 * @throws AuthError store-mismatch
 */
export function assertStore(principal: Principal, storeId: string): void {
  const isBound = principal.storeId !== undefined || principal.roles.includes('till');
  if (isBound && principal.storeId !== storeId) throw new AuthError('store-mismatch', `the token is for store ${principal.storeId ?? '(none)'}`);
}
