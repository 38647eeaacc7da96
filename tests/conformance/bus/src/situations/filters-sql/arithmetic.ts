import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'filters calculate: products before sums, whole numbers divided without a rest',
  source: documented('service-bus-messaging-sql-filter', 'Operator binding semantics'),
  messages: { seven: { applicationProperties: { n: 7 } }, eight: { applicationProperties: { n: 8 } } },
  chosen: [
    ['n + 2 * 3 = 13', ['seven']], ['(n + 2) * 3 = 27', ['seven']], ['n / 2 = 3', ['seven']], ['n % 2 = 0', ['eight']], ['n - 1 = 7', ['eight']], ['n - 3 - 2 = 3', ['eight']],
    ['-(n) + 8 = 1', ['seven']], ['+n = 8', ['eight']],
  ],
});
