import { importJWK, type CryptoKey, type JWK } from 'jose';

export interface VerificationKey {
  readonly alg: string;
  readonly key: CryptoKey | Uint8Array;
}

export interface KeySetOptions {
  readonly url: string;
  /** How old keys may be before they are fetched anew, in the background. Default 10 minutes. */
  readonly refreshAfterMs?: number;
  /** At least this long between two fetches that an unknown key id or a failure causes. Default 30 s, so that forged tokens cannot make us hammer the provider. */
  readonly cooldownMs?: number;
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
}

const maxBytes = 256 * 1024;
const fetchLimitMs = 3_000;

/**
 * The identity provider's public keys.
 *
 * Keys once fetched keep working for as long as the provider cannot be reached: its outage must not close the shops.
 * A fetch that succeeds replaces them all, so a key withdrawn there is withdrawn here within `refreshAfterMs`.
 */
export class KeySet {
  readonly #url: string;
  readonly #refreshAfterMs: number;
  readonly #cooldownMs: number;
  readonly #fetch: typeof fetch;
  readonly #now: () => number;
  #keys: ReadonlyMap<string, VerificationKey> = new Map();
  #fetchedAt = -Infinity;
  #triedAt = -Infinity;
  #fetching: Promise<void> | undefined;
  #generation = 0;

  constructor({ url, refreshAfterMs = 600_000, cooldownMs = 30_000, fetch: fetchKeys = fetch, now = () => performance.now() }: KeySetOptions) {
    this.#url = url;
    this.#refreshAfterMs = refreshAfterMs;
    this.#cooldownMs = cooldownMs;
    this.#fetch = fetchKeys;
    this.#now = now;
  }

  /** Changes whenever a key was withdrawn: what was verified under an earlier generation must be verified again. */
  get generation(): number {
    return this.#generation;
  }

  /** When the keys were last confirmed, or undefined if never: for readiness and alerts. */
  get ageMs(): number | undefined {
    return this.#fetchedAt === -Infinity ? undefined : this.#now() - this.#fetchedAt;
  }

  /** Fetches the keys again in the background when they are due. Never waits, never throws. */
  refreshIfDue(): void {
    const now = this.#now();
    if (now - this.#fetchedAt > this.#refreshAfterMs && now - this.#triedAt > this.#cooldownMs) void this.#refresh();
  }

  /** The key of an id, or undefined when the provider has no such key or cannot be asked just now. */
  async find(kid: string): Promise<VerificationKey | undefined> {
    this.refreshIfDue();
    const known = this.#keys.get(kid);
    if (known) return known;
    // The first keys are worth waiting for at every request; later an unknown id may cause one fetch per cool-down.
    const mayFetch = this.#fetching !== undefined || this.#now() - this.#triedAt > (this.#keys.size === 0 ? 1_000 : this.#cooldownMs);
    if (!mayFetch) return undefined;
    await this.#refresh();
    return this.#keys.get(kid);
  }

  #refresh(): Promise<void> {
    this.#fetching ??= this.#load().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #load(): Promise<void> {
    this.#triedAt = this.#now();
    try {
      const keys = await keysOf(await this.#download());
      if (keys.size === 0) return;
      if ([...this.#keys.keys()].some((kid) => !keys.has(kid))) this.#generation += 1;
      this.#keys = keys;
      this.#fetchedAt = this.#now();
    } catch {
      // Kept: the keys we have. `ageMs` tells the operator how old they are.
    }
  }

  async #download(): Promise<unknown> {
    // Redirects are refused: they would let whoever answers for one address choose our keys from another.
    const response = await this.#fetch(this.#url, { redirect: 'error', signal: AbortSignal.timeout(fetchLimitMs), headers: { accept: 'application/json' } });
    if (!response.ok || !response.body) throw new Error(`the key set answered ${response.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > maxBytes) throw new Error('the key set is too large');
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  }
}

/** The usable keys by id. An id that occurs twice is ambiguous and is left out. */
async function keysOf(document: unknown): Promise<Map<string, VerificationKey>> {
  const keys = new Map<string, VerificationKey>();
  const twice = new Set<string>();
  for (const jwk of listOf(document)) {
    const alg = algorithmOf(jwk);
    if (jwk.kid === undefined || alg === undefined || (jwk.use !== undefined && jwk.use !== 'sig')) continue;
    if (keys.has(jwk.kid)) twice.add(jwk.kid);
    try {
      keys.set(jwk.kid, { alg, key: await importJWK(publicPart(jwk), alg) });
    } catch {
      // One malformed key must not take the others along.
    }
  }
  for (const kid of twice) keys.delete(kid);
  return keys;
}

function listOf(document: unknown): JWK[] {
  if (typeof document !== 'object' || document === null || !('keys' in document) || !Array.isArray(document.keys)) throw new Error('not a key set');
  return document.keys.filter((key): key is JWK => typeof key === 'object' && key !== null && (key.kid === undefined || typeof key.kid === 'string'));
}

/** The key decides the algorithm, never the token: that is what ends key confusion. Symmetric keys have none here. */
function algorithmOf(jwk: JWK): string | undefined {
  const natural =
    jwk.kty === 'EC' && jwk.crv === 'P-256' ? 'ES256' :
    jwk.kty === 'RSA' ? 'RS256' :
    jwk.kty === 'OKP' && jwk.crv === 'Ed25519' ? 'EdDSA' : undefined;
  return jwk.alg === undefined || jwk.alg === natural ? natural : undefined;
}

const publicPart = ({ kty, crv, x, y, n, e }: JWK): JWK =>
  Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined)) as JWK;
