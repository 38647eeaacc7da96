import type { Random } from '../random.ts';
import type { PlannedReturn, PlannedSale } from './plan.ts';

/** Of the sales so many come back, in part or whole. */
const share = 0.15;
/** Refunds of one sale that are asked for at once. */
const mostAtOnce = 3;

/** What comes back of one sale: mostly some pieces; or line by line at once; or the same line twice, of which only one can be right. */
export function returnsOf(lines: PlannedSale['lines'], random: Random): readonly PlannedReturn[] {
  if (!random.chance(share)) return [];
  const back = (line: number, quantity: number): PlannedReturn => ({ line, quantity, goods: random.pick(['restock', 'write-off']), moneyBack: random.chance(0.25) ? 'cash' : 'original' });
  const whole = lines.map(({ quantity }, index) => back(index + 1, quantity));
  switch (random.weighted({ some: 40, 'line by line': 45, 'the same twice': 15 })) {
    case 'some': return whole.slice(0, 1).map(({ line, quantity }) => back(line, random.int(1, quantity)));
    case 'line by line': return whole.slice(0, mostAtOnce);
    case 'the same twice': return whole.slice(0, 1).flatMap((each) => [each, each]);
  }
}
