import type { Faults } from './faults.ts';

/**
 * What becomes of a settlement: `lost` never arrives; `unanswered` has its effect; `dropped` has it and takes the connection with it;
 * `undone` is answered as asked, and the message comes again all the same.
 */
export type SettlementFate = 'answered' | 'lost' | 'unanswered' | 'dropped' | 'undone';

export function settlementFate(faults: Faults, entity: string): SettlementFate {
  if (faults.strike('lose-settlement', entity)) return 'lost';
  if (faults.strike('lose-settlement-reply', entity)) return 'unanswered';
  if (faults.strike('deliver-twice', entity)) return 'undone';
  return faults.strike('drop-connection', entity, 'settlement') ? 'dropped' : 'answered';
}
