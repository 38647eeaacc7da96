import { createHash } from 'node:crypto';

/**
 * Tells whether two requests ask for the same thing. Order of members and white space do not count (as RFC 8785 has it);
 * nor does the till's clock, which has moved on by the time it sends again, nor that the goods have left the shop meanwhile;
 * store and till do, so that a cloned till that repeats another's command id is noticed instead of being told of a stranger's sale.
 */
export const fingerprintOf = (storeId: string, tillId: string, body: object): string =>
  createHash('sha256').update(canonical([storeId, tillId, { ...body, requestedAt: undefined, leftShop: undefined }])).digest('base64url');

/** JSON with sorted members. Input is parsed JSON, so its depth is bounded and it has no cycles. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
