import { maxLines } from '@checkout/contracts';

export const mostLines = maxLines;
/** Pieces of one article in one line, as `Quantity` in the contracts allows. */
export const mostPieces = 999;
