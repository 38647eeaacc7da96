import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'IN and NOT IN look a value up in a list',
  source: documented('service-bus-messaging-sql-filter', 'Using IN and NOT IN'),
  messages: { north: { to: 'north', applicationProperties: { store: 'n' } }, south: { to: 'south', applicationProperties: { store: 's' } }, none: {} },
  chosen: [
    ["store IN ('n', 'x')", ['north']], ["store NOT IN ('n', 'x')", ['south']], ["sys.To IN ('south')", ['south']], ["NOT store IN ('n')", ['south']],
    ["store IN ('n') OR sys.To NOT IN ('north')", ['north', 'south']],
  ],
});
