import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'the true filter chooses every message and the false filter none',
  source: documented('topic-filters', 'Boolean filters'),
  messages: { one: {}, two: { subject: 'x' } },
  chosen: [['1=1', ['one', 'two']], ['1=0', []]],
});
