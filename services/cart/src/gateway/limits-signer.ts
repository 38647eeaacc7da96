import { createHash, createPrivateKey, createPublicKey, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { http } from '@checkout/contracts';

/**
 * Signs what tills may do alone, as compact JWS by ES256 (RFC 7515, RFC 7518 §3.4). A till verifies it before it trusts it, so that a limit that
 * somebody has written into the device is none.
 */
export class LimitsSigner {
  readonly keys: http.LimitsKeys;
  readonly #key: KeyObject;
  readonly #header: string;

  /** @param jwk the private key, P-256, as a JSON Web Key */
  constructor(jwk: string) {
    this.#key = createPrivateKey({ key: JSON.parse(jwk) as JsonWebKey, format: 'jwk' });
    const { x = '', y = '' } = createPublicKey(this.#key).export({ format: 'jwk' });
    // The thumbprint of RFC 7638: another key has another id by itself.
    const kid = createHash('sha256').update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y })).digest('base64url');
    this.keys = { keys: [{ kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' }] };
    this.#header = encoded({ alg: 'ES256', typ: 'JWT', kid });
  }

  sign(limits: http.OfflineLimits): string {
    const signed = `${this.#header}.${encoded(limits)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), { key: this.#key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }
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

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
