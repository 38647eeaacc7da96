import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'NOT binds closer than AND, AND closer than OR, and parentheses closest',
  source: documented('service-bus-messaging-sql-filter', 'Subscription Rule SQL Filter Syntax'),
  messages: { a: { applicationProperties: { a: 1, b: 0, c: 0 } }, b: { applicationProperties: { a: 0, b: 1, c: 0 } }, 'b and c': { applicationProperties: { a: 0, b: 1, c: 1 } } },
  chosen: [
    ['a = 1 OR b = 1 AND c = 1', ['a', 'b and c']], ['(a = 1 OR b = 1) AND c = 1', ['b and c']], ['NOT a = 1 AND c = 0', ['b']], ['NOT (a = 1 OR c = 1)', ['b']],
    ['not a = 1 and b = 1', ['b', 'b and c']],
  ],
});
