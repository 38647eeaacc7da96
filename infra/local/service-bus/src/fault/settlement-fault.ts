import type { Content } from '../wire/content.ts';
import type { Faults } from './faults.ts';

/**
 * What becomes of a settlement: `lost` never arrives; `unanswered` has its effect; `dropped` has it and takes the connection with it;
 * `undone` is answered as asked, and the message comes again all the same.
 */
export type SettlementFate = 'answered' | 'lost' | 'unanswered' | 'dropped' | 'undone';

export function settlementFate(faults: Faults, entity: string, settled: Content): SettlementFate {
  if (faults.strike('lose-settlement', entity, [settled])) return 'lost';
  if (faults.strike('lose-settlement-reply', entity, [settled])) return 'unanswered';
  if (faults.strike('deliver-twice', entity, [settled])) return 'undone';
  return faults.strike('drop-connection', entity, [settled], 'settlement') ? 'dropped' : 'answered';
}
