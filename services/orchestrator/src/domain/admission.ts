import { saleIdOf, saleTotals, sumMinor } from '@checkout/kernel';
import type { Start } from './start-message.ts';

/** Why a message that has the right form still cannot be a sale. The codes are stable: operators group dead letters by them. */
export interface Violation {
  readonly code: 'sale-id-mismatch' | 'total-mismatch' | 'tender-mismatch';
  readonly description: string;
}

/**
 * The rules at the saga's door. Cart has checked the same, but a till may send its request straight onto the bus, and a sale
 * that does not add up must not begin by either way.
 *
 * The sale's id comes first: with a wrong one nothing else can be trusted to be about the sale that it names.
 */
export const violationOf = (start: Start): Violation | undefined => wrongSaleId(start) ?? wrongTotal(start) ?? wrongTenders(start);

function wrongSaleId({ tenantId, commandId, saleId }: Start): Violation | undefined {
  const expected = saleIdOf(tenantId, commandId);
  if (saleId === expected) return undefined;
  return { code: 'sale-id-mismatch', description: `Command ${commandId} of ${tenantId} makes sale ${expected}, not ${saleId}; derive the sale id from tenant and command.` };
}

function wrongTotal({ lines, taxMode, totalMinor }: Start): Violation | undefined {
  const grossMinor = inRange(() => saleTotals(lines, taxMode).grossMinor);
  if (grossMinor === totalMinor) return undefined;
  return { code: 'total-mismatch', description: `The lines add up to ${grossMinor ?? 'more than any amount may be'}, not to the total of ${totalMinor} minor units.` };
}

function wrongTenders({ tenders, totalMinor }: Start): Violation | undefined {
  const short = tenders.findIndex((tender) => tender.type === 'cash' && tender.tenderedMinor < tender.amountMinor);
  if (short !== -1) return { code: 'tender-mismatch', description: `Tender ${short + 1} is cash, and less was handed over than it is to pay.` };
  const changeMinor = inRange(() => sumMinor(tenders.map((tender) => (tender.type === 'cash' ? tender.tenderedMinor - tender.amountMinor : 0))));
  if (changeMinor === undefined) return { code: 'tender-mismatch', description: 'The change would be more than any amount may be, and no message could say it once the money is taken.' };
  const paidMinor = inRange(() => sumMinor(tenders.map(({ amountMinor }) => amountMinor)));
  if (paidMinor === totalMinor) return undefined;
  return { code: 'tender-mismatch', description: `The tenders add up to ${paidMinor ?? 'more than any amount may be'}, not to the total of ${totalMinor} minor units.` };
}

/** Amounts out of range are the sender's mistake here, not a defect of ours. */
function inRange(sum: () => number): number | undefined {
  try {
    return sum();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
