import { createHash } from 'node:crypto';
import { canonicalJson } from '@checkout/kernel';

/** Tells whether two requests ask for the same refund. Order of members does not count; store and till do, so that a cloned till is noticed. */
export const fingerprintOf = (storeId: string, tillId: string, body: object): string =>
  createHash('sha256').update(canonicalJson([storeId, tillId, body])).digest('base64url');
