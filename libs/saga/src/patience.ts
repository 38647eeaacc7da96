import { minutes } from '@checkout/kernel';
import type { Step } from './saga.ts';

/** Requests without an answer before a person is told. */
export const defaultAsks = 5;

/** However long a participant is silent, it is asked at least this often. */
export const longestWait = minutes(5);

export const asksOf = (step: Step<never>): number => step.asks ?? defaultAsks;

/** Milliseconds to wait after the `attempts`-th request: twice as long each time, so that a participant in trouble gets room. */
export const waitAfter = (steps: readonly Step<never>[], attempts: number): number =>
  Math.min(longestWait, Math.min(...steps.map(({ within }) => within)) * 2 ** (attempts - 1));
