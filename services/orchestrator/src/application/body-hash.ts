import { createHash } from 'node:crypto';
import { canonicalJson } from '@checkout/kernel';
import type { Start } from '../domain/start-message.ts';

/**
 * Equal for two requests that ask for the same sale. When a till asked is no part of what it asked for: a repeat carries a new time.
 *
 * Nor is by which route it came, or what cart took the prices from: what the till had asked cart for stands in `requestHash`, and where that
 * is there it decides, with the total that the till has shown its customer.
 */
export function bodyHashOf(start: Start): string {
  const { tenantId, storeId, tillId, commandId, currency, totalMinor, requestHash } = start;
  const asked = requestHash === undefined
    ? { ...start, requestedAt: undefined, acceptedVia: undefined, pricedFrom: undefined }
    : { tenantId, storeId, tillId, commandId, currency, totalMinor, requestHash };
  return createHash('sha256').update(canonicalJson(asked)).digest('base64url');
}
