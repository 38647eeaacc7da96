import { createHash } from 'node:crypto';
import { canonicalJson } from '@checkout/kernel';

/**
 * Tells whether two requests ask for the same thing. Order of members and white space do not count (as RFC 8785 has it);
 * nor does the till's clock, which has moved on by the time it sends again, nor that the goods have left the shop meanwhile;
 * store and till do, so that a cloned till that repeats another's command id is noticed instead of being told of a stranger's sale.
 */
export const fingerprintOf = (storeId: string, tillId: string, body: object): string =>
  createHash('sha256').update(canonicalJson([storeId, tillId, { ...body, requestedAt: undefined, leftShop: undefined }])).digest('base64url');
