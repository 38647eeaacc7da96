import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codes, languages, refundWords, saleWords, type CodeMeaning } from './errors.ts';
import { errorsPage } from './generate/errors-page.ts';

/**
 * What every code ever published means to a program: status, outcome, whether money moved. Lines are added to this file and never changed
 * or removed: tills in the field, dashboards and runbooks match on them.
 */
const published = readFileSync(join(import.meta.dirname, '../fixtures/error-codes.txt'), 'utf8').trimEnd().split('\n');

const inOneLine = ([code, { status, retryable, outcome, moneyMoved }]: readonly [string, CodeMeaning]): string =>
  `${code} ${status} ${retryable ? 'retryable' : 'final'} ${outcome} money:${moneyMoved}`;

describe('the registry of errors', () => {
  it('keeps what every published code means, and publishes every code', () => {
    expect(Object.entries(codes).map(inOneLine)).toEqual(published);
  });

  it('has every text in every language', () => {
    for (const { texts } of [...Object.values(codes), ...Object.values(saleWords), ...Object.values(refundWords)]) {
      for (const language of languages) {
        const { title, action } = texts[language];
        expect(title).toMatch(/^\p{L}.*[^.!?]$/u);
        expect(action).toMatch(/^\p{L}.*\.$/u);
      }
    }
  });

  it('says what to do, never just to try again later', () => {
    const all = [...Object.values(codes), ...Object.values(saleWords), ...Object.values(refundWords)].flatMap(({ texts }) => languages.flatMap((language) => Object.values(texts[language])));
    expect(all.filter((text) => /try again|later|später|erneut versuchen/i.test(text))).toEqual([]);
  });

  it('tells nobody to charge again where money may have moved', () => {
    for (const { moneyMoved, texts } of [...Object.values(codes), ...Object.values(saleWords)]) {
      if (moneyMoved !== 'unknown') continue;
      expect([texts.en.action, texts.de.action]).toEqual([expect.stringContaining('Do not charge again.'), expect.stringContaining('Nicht noch einmal kassieren.')]);
    }
  });

  it('tells nobody to refund again where money may have gone back', () => {
    for (const { moneyMoved, texts } of Object.values(refundWords)) {
      if (moneyMoved !== 'unknown') continue;
      expect([texts.en.action, texts.de.action]).toEqual([expect.stringContaining('Do not refund again.'), expect.stringContaining('Nicht noch einmal erstatten.')]);
    }
  });

  it('is retryable only where the same request may succeed', () => {
    expect(Object.entries<CodeMeaning>(codes).filter(([, { retryable }]) => retryable).map(([code]) => code).sort()).toEqual(
      ['accept-unknown', 'body-truncated', 'dependency-unavailable', 'idempotency-in-progress', 'internal', 'overloaded', 'rate-limited', 'request-timeout']);
  });

  it('is what docs/errors.md says (else run `npm run generate`)', () => {
    expect(readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8')).toBe(errorsPage());
  });
});
