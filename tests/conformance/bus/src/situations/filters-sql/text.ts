import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'text is quoted with single quotes, joined with +, and a quote in it is doubled',
  source: documented('service-bus-messaging-sql-filter', 'string_constant'),
  messages: { quoted: { applicationProperties: { a: "it's" } }, joined: { applicationProperties: { a: 'left', b: 'right' } }, unicode: { applicationProperties: { a: 'Zürich 東京' } } },
  chosen: [["a = 'it''s'", ['quoted']], ["a + b = 'leftright'", ['joined']], ["a = 'Zürich 東京'", ['unicode']], ["a LIKE '%''%'", ['quoted']]],
});
