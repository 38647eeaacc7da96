import { choosing } from '../../choosing.ts';
import { assumed } from '../../situation.ts';

export const situation = choosing({
  promise: 'values of different types are not converted into each other to be compared',
  source: assumed('operators follow C#, which converts no text to numbers and no numbers to truth values; whether the result is unknown or an error is not said'),
  messages: { number: { applicationProperties: { a: 1 } }, text: { applicationProperties: { a: '1' } }, yes: { applicationProperties: { a: true } } },
  chosen: [['a = 1', ['number']], ["a = '1'", ['text']], ['a = TRUE', ['yes']], ['a > 0', ['number']]],
});
