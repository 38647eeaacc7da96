import { http } from '@checkout/contracts';
import type { Limits } from './limits.ts';

/** What the back end has signed for this till, and the keys to tell. */
export interface SignedLimits {
  readonly token: string;
  readonly keys: http.LimitsKeys['keys'];
}

/** Why a till takes cash alone while it works alone. */
export type LimitsFault = 'limits-missing' | 'limits-changed' | 'limits-ended' | 'limits-of-another';

export type Trusted = { readonly limits: Limits; readonly until: number } | { readonly fault: LimitsFault };

/** Cash alone: what holds until the back end has said otherwise, in a way that can be verified. */
export const cashAlone: Limits = { perSaleMinor: 0, sumMinor: 0, count: 0, ageMs: 0 };

/** Limits that are believed only when their signature is right, they are this till's, and they have not ended. @param now the till's clock, in milliseconds since 1970 */
export async function trusted(signed: SignedLimits | undefined, tillId: string, now: number): Promise<Trusted> {
  if (!signed) return { fault: 'limits-missing' };
  const claims = await verified(signed).catch(() => undefined);
  if (!claims) return { fault: 'limits-changed' };
  if (claims.sub !== tillId) return { fault: 'limits-of-another' };
  if (now >= claims.exp * 1_000) return { fault: 'limits-ended' };
  const { perSaleMinor, sumMinor, count, ageMs } = claims;
  return { limits: { perSaleMinor, sumMinor, count, ageMs }, until: claims.exp * 1_000 };
}

/** A compact JWS by ES256 (RFC 7515 §5.2). Which algorithm it is we say, and never the token. */
async function verified({ token, keys }: SignedLimits): Promise<http.OfflineLimits | undefined> {
  const [header = '', payload = '', signature = '', ...more] = token.split('.');
  const { kid } = jsonOf(header) as { kid?: unknown };
  const key = keys.find((each) => each.kid === kid);
  if (!key || more.length > 0) return undefined;
  const imported = await crypto.subtle.importKey('jwk', { kty: key.kty, crv: key.crv, x: key.x, y: key.y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  const isRight = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, imported, bytesOf(signature), new TextEncoder().encode(`${header}.${payload}`));
  return isRight ? http.OfflineLimits.parse(jsonOf(payload)) : undefined;
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.charCodeAt(0));
const jsonOf = (part: string): unknown => JSON.parse(new TextDecoder().decode(bytesOf(part)));
