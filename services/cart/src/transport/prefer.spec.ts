import { waitSecondsOf } from './prefer.ts';

describe('a preference to wait', () => {
  it.each([
    ['wait=5', 5], ['wait=100', 30], ['respond-async, wait=10', 10], ['Wait = "7"', 7], ['wait=3; x=1', 3], ['wait=0', 0],
    ['wait=abc', undefined], ['wait', undefined], ['wait=-1', undefined], ['wait=1.5', undefined], ['', undefined], [undefined, undefined],
  ])('%p is %p seconds', (header, seconds) => {
    expect(waitSecondsOf(header)).toBe(seconds);
  });
});
