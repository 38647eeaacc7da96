import { canonicalJson } from './canonical-json.ts';

it.each([
  ['members in any order', { b: { d: 'x', c: [1, 2] }, a: 1 }, '{"a":1,"b":{"c":[1,2],"d":"x"}}'],
  ['names by their UTF-16 code units, not by a language', { ö: 1, z: 2, Z: 3, '10': 4, '9': 5 }, '{"10":4,"9":5,"Z":3,"z":2,"ö":1}'],
  ['a member that is not there, and one that is undefined', { a: undefined, b: null }, '{"b":null}'],
  ['lists in the order that they have', [2, 1, undefined], '[2,1,null]'],
  ['names and texts that need escaping', { 'say "so"': 'line\nbreak' }, '{"say \\"so\\"":"line\\nbreak"}'],
  ['numbers however they were written', [1.0, 1e21, -0], '[1,1e+21,0]'],
])('writes %s as one text', (_, value, text) => {
  expect(canonicalJson(value)).toBe(text);
});
