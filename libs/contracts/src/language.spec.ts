import { languageOf } from './language.ts';

describe('the language of an answer', () => {
  it.each([
    [undefined, 'en'], ['', 'en'], ['de', 'de'], ['de-AT,de;q=0.9,en;q=0.8', 'de'], ['en-GB, de;q=0.9', 'en'], ['fr, de;q=0.4, en;q=0.3', 'de'], ['fr', 'en'],
    ['*', 'en'], ['de;q=0, en;q=0.1', 'en'], ['DE', 'de'], [';;;q=', 'en'], ['de;q=2', 'de'], ['x,'.repeat(10_000), 'en'],
  ])('that accepts %j is %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
