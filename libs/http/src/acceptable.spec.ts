import { isAcceptable } from './acceptable.ts';

const json = ['application/json'];

describe('an answer', () => {
  it.each([
    [undefined, true], ['', true], ['*/*', true], ['application/json', true], ['application/*', true], ['text/html, application/json;q=0.1', true], ['APPLICATION/JSON; charset=utf-8', true],
    ['text/html, */*;q=0.1', true], ['text/html', false], ['text/*', false], ['application/json;q=0', false], ['application/json;q=0, */*', false], ['application', false], ['application/jsonp', false],
  ])('of JSON is taken by %j: %s', (accept, isTaken) => {
    expect(isAcceptable(accept, json)).toBe(isTaken);
  });

  it('is taken when one of several forms is', () => {
    expect(isAcceptable('text/plain', ['application/json', 'text/plain'])).toBe(true);
    expect(isAcceptable('application/json;q=0, text/plain', ['application/json', 'text/plain'])).toBe(true);
  });
});
