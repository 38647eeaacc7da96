import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'the pattern of LIKE may be computed',
  source: documented('service-bus-messaging-sql-filter', 'pattern'),
  messages: { same: { applicationProperties: { name: 'till-7', prefix: 'till' } }, other: { applicationProperties: { name: 'desk-7', prefix: 'till' } }, none: { applicationProperties: { name: 'till-7' } } },
  chosen: [["name LIKE prefix + '%'", ['same']]],
});
