export { roles, type Principal, type Role } from './principal.ts';
export { isGranted, permissionTable, type Permission } from './permissions.ts';
export { AuthError, type AuthCode } from './auth-error.ts';
export { principalOf } from './claims.ts';
export { KeySet, type KeySetOptions } from './key-set.ts';
export { Recent } from './recent.ts';
export { TokenVerifier, type TokenVerifierOptions } from './token.ts';
export { AuthGuard, Caller, callerOf, Public, Requires, TOKEN_VERIFIER, type Authenticated } from './guard.ts';
export { assertStore } from './store.ts';
