import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { http } from '@checkout/contracts';
import { calculateJwkThumbprint, SignJWT } from 'jose';

/**
 * Signs what tills may do alone, as compact JWS by ES256 (RFC 7515, RFC 7518 §3.4). A till verifies it before it trusts it, so that a limit that
 * somebody has written into the device is none.
 */
export class LimitsSigner {
  readonly #key: KeyObject;
  readonly #published: Promise<http.LimitsKeys['keys'][number]>;

  /** @param jwk the private key, P-256, as a JSON Web Key */
  constructor(jwk: string) {
    this.#key = createPrivateKey({ key: JSON.parse(jwk) as JsonWebKey, format: 'jwk' });
    this.#published = published(this.#key);
  }

  async keys(): Promise<http.LimitsKeys> {
    return { keys: [await this.#published] };
  }

  async sign(limits: http.OfflineLimits): Promise<string> {
    const { kid } = await this.#published;
    return new SignJWT(limits).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid }).sign(this.#key);
  }
}

/** The public part, named by its thumbprint (RFC 7638): another key has another id by itself. */
async function published(key: KeyObject): Promise<http.LimitsKeys['keys'][number]> {
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  const point = { kty: 'EC', crv: 'P-256', x, y } as const;
  return { ...point, kid: await calculateJwkThumbprint(point), alg: 'ES256', use: 'sig' };
}

/** Whether a setting can be such a key. */
export function isSigningKey(jwk: string): boolean {
  try {
    const { kty, crv, d } = JSON.parse(jwk) as JsonWebKey;
    createPrivateKey({ key: JSON.parse(jwk) as JsonWebKey, format: 'jwk' });
    return kty === 'EC' && crv === 'P-256' && d !== undefined;
  } catch {
    return false;
  }
}
