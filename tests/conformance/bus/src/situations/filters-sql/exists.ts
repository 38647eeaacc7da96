import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'EXISTS holds for a property that the message has',
  source: documented('service-bus-messaging-sql-filter', 'Subscription Rule SQL Filter Syntax'),
  messages: { has: { applicationProperties: { a: 0 } }, 'has not': { applicationProperties: { b: 1 } } },
  chosen: [['EXISTS(a)', ['has']], ['NOT EXISTS(a)', ['has not']], ['EXISTS(user.a) OR EXISTS(user.b)', ['has', 'has not']]],
});
