import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'TRUE and FALSE compare with truth values',
  source: documented('service-bus-messaging-sql-filter', 'boolean_constant'),
  messages: { yes: { applicationProperties: { voided: true } }, no: { applicationProperties: { voided: false } }, unsaid: {} },
  chosen: [['voided = TRUE', ['yes']], ['voided = false', ['no']], ['voided <> TRUE', ['no']], ['voided IS NULL OR voided = FALSE', ['no', 'unsaid']]],
});
