import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'numbers are compared by their value',
  source: documented('service-bus-messaging-sql-filter', 'Subscription Rule SQL Filter Syntax'),
  messages: { five: { applicationProperties: { n: 5 } }, six: { applicationProperties: { n: 6 } }, 'six and a half': { applicationProperties: { n: 6.5 } }, minus: { applicationProperties: { n: -1 } } },
  chosen: [
    ['n = 6', ['six']], ['n <> 6', ['five', 'six and a half', 'minus']], ['n != 6', ['five', 'six and a half', 'minus']], ['n > 6', ['six and a half']],
    ['n >= 6', ['six', 'six and a half']], ['n < 6', ['five', 'minus']], ['n <= 6', ['five', 'six', 'minus']], ['n = 6.5', ['six and a half']],
    ['n > 6.4 AND n < 65E-1 + 0.1', ['six and a half']], ['n = -1', ['minus']], ['-n = 1', ['minus']],
  ],
});
