import { canonicalJson } from '@checkout/kernel';
import type { Entry, Fact } from './fact.ts';

/** The entry that follows. */
export async function chained(last: Entry | undefined, fact: Fact, at: number): Promise<Entry> {
  const unsealed = { seq: (last?.seq ?? 0) + 1, at, fact, previous: last?.hash ?? '' };
  return { ...unsealed, hash: await hashOf(unsealed) };
}

/**
 * The entries that are not what this till wrote: changed, or not following the one before. A gap shows at the entry after it. What is
 * missing at the end cannot be seen from here; the back end flags a number that comes a second time.
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

/** Storage may give the members of an entry back in another order. */
async function hashOf({ seq, at, fact, previous }: Omit<Entry, 'hash'>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonicalJson({ seq, at, fact, previous })));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
