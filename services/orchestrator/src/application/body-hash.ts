import { createHash } from 'node:crypto';
import type { Start } from '../domain/start-message.ts';

/** Equal for two requests that ask for the same sale. When a till asked is no part of what it asked for: a repeat carries a new time. */
export const bodyHashOf = (start: Start): string =>
  createHash('sha256').update(canonical({ ...start, requestedAt: undefined })).digest('base64url');

/** JSON with sorted members, as RFC 8785 has it for what our contracts let through. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
