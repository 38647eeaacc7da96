/** Receipts of sales. Credit notes will have a series of their own. */
export const saleSeries = 'S';

/** As printed: `S-000042`. Longer numbers are printed whole. */
export const printed = (series: string, number: number): string => `${series}-${String(number).padStart(6, '0')}`;
