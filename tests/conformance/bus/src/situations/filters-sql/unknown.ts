import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'a property that is missing is unknown: neither a comparison with it nor the opposite holds',
  source: documented('service-bus-messaging-sql-filter', 'Property evaluation semantics'),
  messages: { has: { applicationProperties: { a: 1 } }, 'has not': { applicationProperties: { b: 1 } } },
  chosen: [
    ['a = 1', ['has']], ['NOT a = 1', []], ['a <> 1', []], ['a = 2 OR b = 1', ['has not']], ['a = 1 OR b = 1', ['has', 'has not']], ['a = 1 AND b = 1', []],
    ['NOT (a = 1 AND b = 2)', ['has not']], ['NOT (a = 1 OR b = 2)', []], ['a + 1 = 2', ['has']], ['a + b = b + a', []], ['a IN (1, 2)', ['has']], ['a NOT IN (2)', ['has']],
  ],
});
