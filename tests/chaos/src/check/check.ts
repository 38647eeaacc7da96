import { receiptNumbersHaveNoGaps, stockIsConserved } from './goods.ts';
import { eventsAreToldOnce, outagesSpendNoDeliveries, theQueuesAreEmpty } from './messages.ts';
import { ledgersAgree, moneyIsConserved, noMoreComesBackThanWasSold, nobodyIsChargedTwice } from './money.ts';
import { eventsKeepTheirOrder } from './order.ts';
import { itComesToRest, nothingCrashes, nothingIsLeftOpen, othersAreNotSlowed } from './rest.ts';
import { honestErrors, noEffectWithoutCause, noSaleIsLost, oneEnding, sameAnswers } from './sales.ts';
import type { Snapshot } from './snapshot.ts';
import { nothingSecretIsKept, tenantsAreApart } from './tenants.ts';
import type { Invariant, InvariantId, Violation } from './violation.ts';

/** I1 to I20 of the fault matrix (§3.7), in order; I21 holds refunds to their sales. */
export const invariants: readonly Invariant[] = [
  noSaleIsLost, oneEnding, moneyIsConserved, nobodyIsChargedTwice, ledgersAgree, stockIsConserved, receiptNumbersHaveNoGaps, eventsAreToldOnce, eventsKeepTheirOrder,
  theQueuesAreEmpty, sameAnswers, tenantsAreApart, noEffectWithoutCause, nothingIsLeftOpen, nothingSecretIsKept, itComesToRest, othersAreNotSlowed, outagesSpendNoDeliveries,
  honestErrors, nothingCrashes, noMoreComesBackThanWasSold,
];

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly passed: readonly InvariantId[];
  /** What this run says nothing about, and why. */
  readonly notCovered: readonly { readonly invariant: InvariantId; readonly why: string }[];
}

export function check(snapshot: Snapshot): Verdict {
  const violations: Violation[] = [];
  const passed: InvariantId[] = [];
  const notCovered: { invariant: InvariantId; why: string }[] = [];
  for (const { id, notCovered: whyNot, check: find } of invariants) {
    const why = whyNot?.(snapshot);
    if (why !== undefined) {
      notCovered.push({ invariant: id, why });
      continue;
    }
    const found = find(snapshot);
    if (found.length === 0) passed.push(id);
    violations.push(...found.map((each) => ({ invariant: id, ...each })));
  }
  return { violations, passed, notCovered };
}
