import { prefersText } from './accepts-text.ts';

describe('what a caller accepts', () => {
  it.each([
    [undefined, false],
    ['*/*', false],
    ['application/json', false],
    ['text/plain', true],
    ['text/plain, application/json', false],
    ['application/json;q=0.5, text/plain', true],
    ['text/*, application/json;q=0.9', true],
    ['text/plain;q=0', false],
    ['TEXT/PLAIN', true],
    ['text/plain; charset=utf-8; q=0.9, */*;q=0.1', true],
    [';;,', false],
  ])('%s', (accept, isText) => {
    expect(prefersText(accept)).toBe(isText);
  });
});
