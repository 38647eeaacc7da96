import { createHash } from 'node:crypto';

/** One thing that somebody did, or that the desk did for them. */
export interface AuditEntry {
  readonly at: string;
  readonly tenantId: string;
  readonly actor: string;
  /** `plan.created`, `plan.approved`, `message.replayed`, `message.discarded`, … */
  readonly action: string;
  readonly planId?: string;
  /** `topic/subscription#sequence`. */
  readonly place?: string;
  readonly messageId?: string;
  readonly detail?: string;
}

export interface ChainedEntry extends AuditEntry {
  /** Counts from 1 without gaps. */
  readonly number: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** What the first entry is chained to. */
export const genesis = '0'.repeat(64);

/** Chains entries to the last one: each hash covers the entry, its number and the hash before, so none can be changed, taken out or put in between. */
export function chain(entries: readonly AuditEntry[], last: { readonly number: number; readonly hash: string }): ChainedEntry[] {
  let { number, hash } = last;
  return entries.map((entry) => {
    const previousHash = hash;
    number += 1;
    hash = hashOf(entry, number, previousHash);
    return { ...entry, number, previousHash, hash };
  });
}

/** The first entry at which the chain does not hold, and why; nothing when all is as it was written. */
export function firstBreak(entries: Iterable<ChainedEntry>, from = { number: 0, hash: genesis }): { readonly number: number; readonly because: string } | undefined {
  let { number, hash } = from;
  for (const { number: found, previousHash, hash: stated, ...entry } of entries) {
    number += 1;
    if (found !== number) return { number, because: `entry ${number} is missing, the next one there is ${found}` };
    if (previousHash !== hash) return { number, because: `entry ${number} is not chained to the one before it` };
    if (stated !== hashOf(entry, number, previousHash)) return { number, because: `entry ${number} was changed after it was written` };
    hash = stated;
  }
  return undefined;
}

/** Members in one fixed order; an absent member is null, so that leaving one out is a change as well. */
const hashOf = ({ at, tenantId, actor, action, planId, place, messageId, detail }: AuditEntry, number: number, previousHash: string): string =>
  createHash('sha256')
    .update(JSON.stringify([previousHash, number, at, tenantId, actor, action, planId ?? null, place ?? null, messageId ?? null, detail ?? null]))
    .digest('hex');
