import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'whole numbers are compared exactly over all 64 bits',
  source: documented('service-bus-messaging-sql-filter', 'constant'),
  messages: { large: { applicationProperties: { n: 9_007_199_254_740_991 } }, larger: { applicationProperties: { n: 4_102_444_800_000 } } },
  chosen: [
    ['n = 9007199254740991', ['large']], ['n < 9007199254740993', ['large', 'larger']], ['9223372036854775806 < 9223372036854775807', ['large', 'larger']], ['n = 4102444800000', ['larger']],
  ],
});
