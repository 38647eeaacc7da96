import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'keywords and property names do not distinguish upper and lower case; text does',
  source: documented('service-bus-messaging-sql-filter', 'Considerations'),
  messages: { red: { applicationProperties: { Colour: 'red' }, subject: 'x' }, RED: { applicationProperties: { COLOUR: 'RED' } } },
  chosen: [["colour = 'red'", ['red']], ["cOLOUR = 'RED'", ['RED']], ["'red' = colour", ['red']], ["colour <> 'red'", ['RED']], ["colour IN ('red')", ['red']], ["colour is not null", ['red', 'RED']], ["SYS.LABEL = 'x'", ['red']], ["sys.label Like 'X'", []]],
});
