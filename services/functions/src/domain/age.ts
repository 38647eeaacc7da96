/** How long dead letters have waited, in the few steps that somebody on call tells apart. */
export const ages = ['up to 1 h', 'up to 1 d', 'up to 7 d', 'older'] as const;
export type Age = (typeof ages)[number];

const hourMs = 3_600_000;
const limitsMs: readonly (readonly [Age, number])[] = [['up to 1 h', hourMs], ['up to 1 d', 24 * hourMs], ['up to 7 d', 7 * 24 * hourMs]];

export const ageOf = (since: Date, now: Date): Age => limitsMs.find(([, limitMs]) => now.getTime() - since.getTime() <= limitMs)?.[0] ?? 'older';
