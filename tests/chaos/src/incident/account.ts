import { check } from '../check/check.ts';
import type { Snapshot } from '../check/snapshot.ts';
import { acceptanceBetween } from '../figures.ts';
import { isAccepted, type Command } from '../till/history.ts';

/** Longer than a sale takes while all is well, by far: a customer notices. */
const noticeableMs = 2_000;

/** What an incident did to the shops, from the tills' histories and the books. */
export interface Account {
  readonly sales: number;
  readonly accepted: number;
  readonly acceptedShare: number;
  /** Accepted at once, and completed later than usual. */
  readonly delayed: number;
  readonly longestMs: number;
  /** Not accepted while the customer stood there; kept at the till. */
  readonly refused: number;
  readonly keptAndSentLater: number;
  readonly tenants: number;
  readonly stores: number;
  readonly tills: number;
  readonly lost: number;
  readonly chargedTwice: number;
  readonly receiptGaps: number;
  readonly deadLetters: number;
  readonly otherViolations: readonly string[];
}

export function accountOf(snapshot: Snapshot, from: number, to: number): Account {
  const during = snapshot.commands.filter(({ attempts }) => attempts[0] !== undefined && attempts[0].at >= from && attempts[0].at <= to);
  const { sales, accepted, share } = acceptanceBetween(snapshot.commands, from, to);
  const tookMs = new Map(snapshot.cart.checkouts.map((row) => [row.command_id, (row.ended_at?.getTime() ?? Infinity) - row.accepted_at.getTime()]));
  const delayed = during.filter((command) => isAccepted(command) && (tookMs.get(command.commandId) ?? 0) > noticeableMs);
  const refused = during.filter((command) => !wasAcceptedAtOnce(command));
  const hit = [...new Set([...delayed, ...refused])];
  const { violations } = check(snapshot);
  const count = (...ids: readonly string[]) => violations.filter(({ invariant }) => ids.includes(invariant)).length;
  return {
    sales, accepted, acceptedShare: share,
    delayed: delayed.length, longestMs: Math.max(0, ...delayed.map(({ commandId }) => tookMs.get(commandId) ?? 0)),
    refused: refused.length, keptAndSentLater: refused.filter(isAccepted).length,
    tenants: new Set(hit.map(({ tenantId }) => tenantId)).size, stores: new Set(hit.map(({ storeId }) => storeId)).size, tills: new Set(hit.map(({ tillId }) => tillId)).size,
    lost: count('I1'), chargedTwice: count('I3', 'I4', 'I5'), receiptGaps: count('I7'), deadLetters: snapshot.deadLetters.filter(({ isPlanted }) => !isPlanted).length,
    otherViolations: violations.filter(({ invariant }) => !['I1', 'I3', 'I4', 'I5', 'I7'].includes(invariant)).map(({ invariant, what }) => `${invariant}: ${what}`),
  };
}

const wasAcceptedAtOnce = ({ attempts }: Command): boolean => attempts.slice(0, 3).some(({ type }) => type === 'ok');
