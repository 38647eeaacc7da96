import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'IS NULL holds for a property that is missing or null, IS NOT NULL for any other',
  source: documented('service-bus-messaging-sql-filter', 'Considerations'),
  messages: { missing: {}, 'set to null': { applicationProperties: { a: null } }, empty: { applicationProperties: { a: '' } }, zero: { applicationProperties: { a: 0 } } },
  chosen: [['a IS NULL', ['missing', 'set to null']], ['a IS NOT NULL', ['empty', 'zero']], ['sys.Label IS NULL', ['missing', 'set to null', 'empty', 'zero']]],
});
