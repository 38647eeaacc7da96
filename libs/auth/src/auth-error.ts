/** Append-only: clients and dashboards match on these. */
export type AuthCode = 'auth-missing' | 'auth-invalid' | 'auth-expired' | 'auth-not-yet-valid' | 'scope-missing' | 'store-mismatch';

/**
 * A request that may not go on. `code` is for the caller; the message is for our log only, because telling why
 * a token was refused helps whoever forges one.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly code: AuthCode;

  constructor(code: AuthCode, why: string, options?: ErrorOptions) {
    super(why, options);
    this.code = code;
  }
}
