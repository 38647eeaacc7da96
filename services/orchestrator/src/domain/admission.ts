import { saleIdOf, saleTotals, sumMinor } from '@checkout/kernel';
import type { Start } from './start-message.ts';

/** Why a message that has the right form still cannot be a sale. The codes are stable: operators group dead letters by them. */
export interface Violation {
  readonly code: 'sale-id-mismatch' | 'sale-too-large' | 'total-mismatch' | 'tender-mismatch';
  readonly description: string;
}

/**
 * The rules at the saga's door. Cart has checked the same, but a till may send its request straight onto the bus, and a sale
 * that does not add up must not begin by either way.
 *
 * The sale's id comes first: with a wrong one nothing else can be trusted to be about the sale that it names.
 */
export const violationOf = (start: Start): Violation | undefined => wrongSaleId(start) ?? tooLarge(start) ?? wrongTotal(start) ?? wrongTenders(start);

function wrongSaleId({ tenantId, commandId, saleId }: Start): Violation | undefined {
  const expected = saleIdOf(tenantId, commandId);
  if (saleId === expected) return undefined;
  return { code: 'sale-id-mismatch', description: `Command ${commandId} of ${tenantId} makes sale ${expected}, not ${saleId}; derive the sale id from tenant and command.` };
}

/**
 * Lines and tax summary of the largest message that a sale leads to, in bytes: the pipeline sends bodies of up to 150,000, and tenders and
 * names take their part. That message comes after the capture, when there is no way back.
 */
const mostLineBytes = 140_000;
/** One rate of a tax summary with the largest amounts, as JSON. */
const bytesPerRate = 100;
/** So many of the longest lines there can be fit, each with a rate of its own. */
const alwaysFit = 250;

function tooLarge({ lines }: Start): Violation | undefined {
  if (lines.length <= alwaysFit) return undefined;
  const bytes = Buffer.byteLength(JSON.stringify(lines)) + bytesPerRate * new Set(lines.map(({ taxRateBp }) => taxRateBp)).size;
  if (bytes <= mostLineBytes) return undefined;
  return { code: 'sale-too-large', description: `The ${lines.length} lines take ${bytes} bytes, and a receipt has room for ${mostLineBytes}; split the sale.` };
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
