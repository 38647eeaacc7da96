import { DependencyUnavailable } from '@checkout/resilience';
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { AuthError } from './auth-error.ts';
import { principalOf } from './claims.ts';
import { KeySet } from './key-set.ts';
import type { Principal } from './principal.ts';
import { Recent } from './recent.ts';

export interface TokenVerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  /** How many verified tokens are remembered. Default 10,000: a large customer's tills. */
  readonly remember?: number;
  readonly keys?: KeySet;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const algorithms = ['ES256', 'RS256', 'EdDSA'];
const toleranceSeconds = 60;
/** The longest-lived tokens that Entra ID issues live 28 hours; one that claims to live for years was not made by a healthy issuer. */
const longestLifeSeconds = 48 * 3600;
const longestToken = 8 * 1024;
const compactForm = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;
const kidForm = /^[A-Za-z0-9_=.:-]{1,128}$/;
/** Headers that would let the token bring its own key, its own rules or a compressed body. */
const refusedHeaders = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc'];

interface Verified {
  readonly principal: Principal;
  readonly expiresAtMs: number;
  readonly generation: number;
}

/**
 * Verifies access tokens against the identity provider's keys.
 *
 * A verification costs about a quarter of a millisecond of CPU, so a verified token is remembered until it expires or its
 * key is withdrawn; then the answer is synchronous.
 */
export class TokenVerifier {
  readonly keys: KeySet;
  readonly #issuer: string;
  readonly #audience: string;
  readonly #now: () => number;
  readonly #verified: Recent<Verified>;
  /** The first requests of a till come together: they share one verification. */
  readonly #verifying = new Map<string, Promise<Principal>>();

  constructor({ issuer, audience, jwksUrl, remember = 10_000, keys, now = Date.now }: TokenVerifierOptions) {
    this.#issuer = issuer;
    this.#audience = audience;
    this.#now = now;
    this.#verified = new Recent(remember);
    this.keys = keys ?? new KeySet({ url: jwksUrl });
  }

  /**
   * The principal of an `Authorization` header: at once when the token was seen before, else a promise.
   * @throws AuthError auth-missing, auth-invalid, auth-expired or auth-not-yet-valid
   * @throws DependencyUnavailable while the provider has never told its keys
   */
  verify(authorization: string | undefined): Principal | Promise<Principal> {
    if (authorization === undefined) throw new AuthError('auth-missing', 'no authorization header');
    const seen = this.#verified.get(authorization);
    if (seen) {
      if (this.#now() >= seen.expiresAtMs) {
        this.#verified.delete(authorization);
        throw new AuthError('auth-expired', 'the token has expired');
      }
      if (seen.generation === this.keys.generation) {
        this.keys.refreshIfDue();
        return seen.principal;
      }
    }
    return this.#once(authorization);
  }

  #once(authorization: string): Promise<Principal> {
    const running = this.#verifying.get(authorization);
    if (running) return running;
    const started = this.#check(authorization).finally(() => this.#verifying.delete(authorization));
    this.#verifying.set(authorization, started);
    return started;
  }

  async #check(authorization: string): Promise<Principal> {
    const token = authorization.length <= longestToken ? compactForm.exec(authorization)?.[1] : undefined;
    if (token === undefined) throw new AuthError('auth-invalid', 'not one bearer token in compact form');
    const { kid, alg } = headerOf(token);
    const key = await this.keys.find(kid);
    const { generation } = this.keys;
    // Whose signature it is cannot be said, and signing in again would be of no use.
    if (!key && this.keys.ageMs === undefined) throw new DependencyUnavailable('identity', 1_000);
    if (!key) throw new AuthError('auth-invalid', 'no key with the id in the token');
    if (key.alg !== alg) throw new AuthError('auth-invalid', `the token says ${alg}, its key is for ${key.alg}`);
    const payload = await this.#verifySignature(token, key.key);
    const expiresAt = this.#checkTimes(payload);
    const principal = principalOf(payload);
    this.#verified.set(authorization, { principal, expiresAtMs: (expiresAt + toleranceSeconds) * 1000, generation });
    return principal;
  }

  async #verifySignature(token: string, key: Parameters<typeof jwtVerify>[1]): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms, issuer: this.#issuer, clockTolerance: toleranceSeconds, currentDate: new Date(this.#now()), requiredClaims: ['exp', 'sub', 'aud'],
      });
      // A list is legal in a JWT, but a token for several services at once is not one we asked for.
      if (payload.aud !== this.#audience) throw new AuthError('auth-invalid', 'the token is for another audience');
      return payload;
    } catch (error) {
      throw translated(error);
    }
  }

  /** What the library leaves to its callers. Returns the expiry in seconds since 1970. */
  #checkTimes({ exp, nbf, iat }: JWTPayload): number {
    const now = this.#now() / 1000;
    if (exp === undefined || ![exp, nbf ?? 0, iat ?? 0].every(Number.isSafeInteger)) throw new AuthError('auth-invalid', 'a time in the token is not a whole number');
    if (exp > now + longestLifeSeconds) throw new AuthError('auth-invalid', 'the token lives too long');
    if (iat !== undefined && iat > now + toleranceSeconds) throw new AuthError('auth-not-yet-valid', 'the token was issued in the future');
    return exp;
  }
}

function headerOf(token: string): { readonly kid: string; readonly alg: string } {
  let header: ProtectedHeaderParameters & Record<string, unknown>;
  try {
    header = decodeProtectedHeader(token);
  } catch (cause) {
    throw new AuthError('auth-invalid', 'the token has no readable header', { cause });
  }
  const { kid, alg, typ } = header;
  const refused = refusedHeaders.find((field) => field in header);
  if (refused) throw new AuthError('auth-invalid', `header field ${refused} is not accepted`);
  if (typeof alg !== 'string' || !algorithms.includes(alg)) throw new AuthError('auth-invalid', 'the algorithm is not accepted');
  if (typeof kid !== 'string' || !kidForm.test(kid)) throw new AuthError('auth-invalid', 'the token names no key');
  if (typ !== 'JWT' && typ !== 'at+jwt') throw new AuthError('auth-invalid', 'not an access token');
  return { kid, alg };
}

function translated(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  if (error instanceof errors.JWTExpired) return new AuthError('auth-expired', 'the token has expired', { cause: error });
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf' && error.reason === 'check_failed') {
    return new AuthError('auth-not-yet-valid', 'the token is not valid yet', { cause: error });
  }
  return new AuthError('auth-invalid', error instanceof Error ? error.message : 'refused', { cause: error });
}
