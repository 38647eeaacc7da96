import type { Entry, Fact } from './fact.ts';

/** The entry that follows. */
export async function chained(last: Entry | undefined, fact: Fact, at: number): Promise<Entry> {
  const unsealed = { seq: (last?.seq ?? 0) + 1, at, fact, previous: last?.hash ?? '' };
  return { ...unsealed, hash: await hashOf(unsealed) };
}

/**
 * The entries that are not what this till wrote: changed, or not following the one before. A gap shows at the entry after it. What is
 * missing at the end cannot be seen from here; the back end notices it by the till's sequence numbers.
 */
export async function damagedIn(entries: readonly Entry[], hashBefore = ''): Promise<readonly number[]> {
  const damaged: number[] = [];
  let previous = hashBefore;
  for (const entry of entries) {
    if (entry.previous !== previous || entry.hash !== (await hashOf(entry))) damaged.push(entry.seq);
    previous = entry.hash;
  }
  return damaged;
}

async function hashOf({ seq, at, fact, previous }: Omit<Entry, 'hash'>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical({ seq, at, fact, previous })));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** JSON with the members of every object in one order (in the manner of RFC 8785): storage may give them back in another. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
