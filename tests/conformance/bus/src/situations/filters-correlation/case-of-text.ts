import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'a correlation filter distinguishes upper and lower case in values',
  source: documented('topic-filters', 'Correlation filters'),
  messages: { lower: { subject: 'sale' }, upper: { subject: 'SALE' } },
  chosen: [[{ subject: 'sale' }, ['lower']]],
});
