import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'ESCAPE names the character that takes a wildcard\'s meaning away',
  source: documented('service-bus-messaging-sql-filter', 'escape_char'),
  messages: { percent: { applicationProperties: { p: 'ABC%' } }, letters: { applicationProperties: { p: 'ABCD' } }, underscore: { applicationProperties: { p: 'A_C%' } } },
  chosen: [["p LIKE 'ABC\\%' ESCAPE '\\'", ['percent']], ["p LIKE 'ABC%'", ['percent', 'letters']], ["p LIKE 'A!_%' ESCAPE '!'", ['underscore']]],
});
