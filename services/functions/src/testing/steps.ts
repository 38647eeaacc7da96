/** Every step of a wave, after which a process may die. */
export const steps = ['leased', 'marked', 'set aside', 'taken', 'sent', 'removed one', 'removed', 'noted'] as const;
export type Step = (typeof steps)[number];
