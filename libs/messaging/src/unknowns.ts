import { counter } from '@checkout/observability';

/** Exact, where the messages on `operations` may be lost with a process. */
export const unknownTotal = counter('unknown_total', 'Outcomes that nobody knew: of commits, of sends, of payments', ['kind']);
