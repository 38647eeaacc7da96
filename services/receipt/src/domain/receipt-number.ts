/** Receipts of sales. */
export const saleSeries = 'S';

/** Credit notes of refunds. */
export const creditSeries = 'C';
/** As printed: `S-000042`. Longer numbers are printed whole. */
export const printed = (series: string, number: number): string => `${series}-${String(number).padStart(6, '0')}`;
