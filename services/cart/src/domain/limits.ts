import { maxLines, type SaleLine } from '@checkout/contracts';

export const mostLines = maxLines;
/** Pieces of one article in one line, as `Quantity` in the contracts allows. */
export const mostPieces = 999;

/** Lines and tax summary of the largest message that a sale leads to, in bytes. The saga's door has the same limit: what is accepted here must begin there. */
const mostLineBytes = 140_000;
/** One rate of a tax summary with the largest amounts, as JSON. */
const bytesPerRate = 100;
/** So many of the longest lines there can be fit, each with a rate of its own. */
const alwaysFit = 250;

/** Whether every message of the sale fits onto the bus. One that did not would be found out only when the money is taken. */
export const fitsOntoTheBus = (lines: readonly SaleLine[]): boolean =>
  lines.length <= alwaysFit || Buffer.byteLength(JSON.stringify(lines)) + bytesPerRate * new Set(lines.map(({ taxRateBp }) => taxRateBp)).size <= mostLineBytes;
