import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'all conditions of a correlation filter must hold',
  source: documented('topic-filters', 'Correlation filters'),
  messages: {
    both: { subject: 'sale', applicationProperties: { tenant: 'one' } }, 'subject only': { subject: 'sale' }, 'tenant only': { applicationProperties: { tenant: 'one' } },
    'another tenant': { subject: 'sale', applicationProperties: { tenant: 'two' } },
  },
  chosen: [[{ subject: 'sale', applicationProperties: { tenant: 'one' } }, ['both']]],
});
