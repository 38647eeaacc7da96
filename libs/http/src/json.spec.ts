import fc from 'fast-check';
import { parseJson, Problem } from './index.ts';

const codeOf = (text: string): string => {
  try {
    parseJson(text);
    return 'accepted';
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
};

it.each([
  ['json-invalid', ['', ' ', '{', '{}x', '{}{}', '[1,]', "{'a':1}", '{"a":1}//', 'undefined', 'NaN', '-Infinity', '"', '"\\"', '"\\', '01', '[1}', ']', '\u0000']],
  ['json-duplicate-key', ['{"a":1,"a":1}', '{"a":1,"\\u0061":2}', '[{"x":{"a":{},"b":1,"a":2}}]', '{"":1,"":2}']],
  ['json-number-invalid', ['1e400', '-1e400', '1e-400', '[1E5]', '9007199254740993', '-9007199254740993', '1'.repeat(400), '-0', '{"a":-0.0}', '123456789012345678901234567890']],
  ['json-too-deep', ['['.repeat(33), '{"a":'.repeat(33), `${'['.repeat(33)}${']'.repeat(33)}`]],
  ['unknown-field', ['{"__proto__":1}', '{"a":[{"constructor":{}}]}', '{"\\u005f_proto__":1}', '{"prototype":null}']],
  ['pan-detected', ['{"note":"4111 1111 1111 1111"}', '{"note":4111111111111111}']],
  ['accepted', ['{}', 'null', '1', '-1.5', '9007199254740991', '"e5 1e5 : {}[] \\" \\\\"', '{"a:":{"b":"\\\\"},"c":[true,false,null]}', `${'['.repeat(32)}${']'.repeat(32)}`, '{"a":{"a":{"a":1}}}', ' \n\t{ "a" : 1 } ']],
])('%s', (code, texts) => {
  expect(texts.map((text) => [text, codeOf(text)])).toEqual(texts.map((text) => [text, code]));
});

it('does not pollute a prototype', () => {
  codeOf('{"__proto__":{"polluted":1}}');
  expect('polluted' in {}).toBe(false);
});

it('reads whatever JSON.stringify writes, as JSON.parse does', () => {
  const value = fc.jsonValue({ maxDepth: 8, noUnicodeString: false }).filter((each) => {
    const text = JSON.stringify(each);
    return !/[0-9]e|__proto__|constructor|prototype/i.test(text) && !/\d{15}/.test(text) && !Object.is(each, -0);
  });
  fc.assert(fc.property(value, (each) => {
    const text = JSON.stringify(each);
    expect(parseJson(text)).toEqual(JSON.parse(text));
  }), { numRuns: 500 });
});

it('never fails in another way than with a problem', () => {
  const fragments = fc.array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', '1', 'e', '-', '.', 'true', 'null', '"a":1', '\u0000', 'é'), { maxLength: 30 });
  fc.assert(fc.property(fragments, (parts) => {
    const text = parts.join('');
    const code = codeOf(text);
    if (code === 'accepted') expect(() => JSON.parse(text)).not.toThrow();
  }), { numRuns: 3_000 });
});
