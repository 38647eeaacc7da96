import { choosing } from '../../choosing.ts';
import { documented } from '../../situation.ts';

export const situation = choosing({
  promise: 'a correlation filter compares values of one type: a number is no text, nor is a truth value',
  source: documented('topic-filters', 'Correlation filters'),
  messages: {
    number: { applicationProperties: { value: 1 } }, text: { applicationProperties: { value: '1' } }, yes: { applicationProperties: { value: true } }, none: {},
  },
  chosen: [
    [{ applicationProperties: { value: 1 } }, ['number']], [{ applicationProperties: { value: '1' } }, ['text']], [{ applicationProperties: { value: true } }, ['yes']],
  ],
});
