export type { Situation } from './situation.ts';
