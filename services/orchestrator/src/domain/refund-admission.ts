import { refundIdOf, sumMinor } from '@checkout/kernel';
import type { RefundStart } from './refund-start.ts';

/** Why a message that has the right form still cannot be a refund. The codes are stable: operators group dead letters by them. */
export interface RefundViolation {
  readonly code: 'refund-id-mismatch' | 'total-mismatch' | 'tender-mismatch';
  readonly description: string;
}

/** The rules at the refund's door. Receipt has checked the same; money does not go back on trust. */
export function refundViolationOf({ tenantId, commandId, refundId, totalMinor, lines, parts }: RefundStart): RefundViolation | undefined {
  const expected = refundIdOf(tenantId, commandId);
  if (refundId !== expected) return { code: 'refund-id-mismatch', description: `Command ${commandId} of ${tenantId} makes refund ${expected}, not ${refundId}.` };
  const goodsMinor = sumMinor(lines.map(({ grossMinor }) => grossMinor));
  if (goodsMinor !== totalMinor) return { code: 'total-mismatch', description: `The lines come to ${goodsMinor}, not to the total of ${totalMinor} minor units.` };
  const moneyMinor = sumMinor(parts.map(({ amountMinor }) => amountMinor));
  return moneyMinor === totalMinor ? undefined : { code: 'tender-mismatch', description: `The parts come to ${moneyMinor}, not to the total of ${totalMinor} minor units.` };
}
