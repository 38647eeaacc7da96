import type { Logger as Pino } from 'pino';

/** The part of pino's logger that is used here. */
export type Logger = Pick<Pino, 'info' | 'warn' | 'error'>;
