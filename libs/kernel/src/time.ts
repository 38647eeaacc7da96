/** Durations are milliseconds everywhere; these make them readable where they are stated. */
export const seconds = (count: number): number => count * 1_000;
export const minutes = (count: number): number => seconds(count * 60);
export const hours = (count: number): number => minutes(count * 60);

/** The wall clock, in milliseconds since 1970. Passed in wherever time matters, so that tests own it. */
export type Clock = () => number;
