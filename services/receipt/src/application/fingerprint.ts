import { createHash } from 'node:crypto';

/** Tells whether two requests ask for the same refund. Order of members does not count; store and till do, so that a cloned till is noticed. */
export const fingerprintOf = (storeId: string, tillId: string, body: object): string =>
  createHash('sha256').update(canonical([storeId, tillId, body])).digest('base64url');

/** JSON with sorted members, as RFC 8785 has it for what our contracts let through. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
