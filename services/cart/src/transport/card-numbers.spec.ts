import { Problem } from '@checkout/http';
import { refuseCardNumbers } from './card-numbers.ts';

const pointersIn = (body: unknown): unknown => {
  try {
    refuseCardNumbers(body);
    return 'none';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.document('', '').errors?.map(({ pointer }) => pointer);
  }
};

describe('a card number', () => {
  it.each(['4111111111111111', '4111 1111 1111 1111', '4111-1111-1111-1111', '378282246310005', 'tok_4111111111111111', 'note: 5555555555554444!', '4222222222222', '%B4111111111111111^DOE/JOHN^2512?', ';4111111111111111=2512?'])('is found in %s', (text) => {
    expect(pointersIn({ tenders: [{ cardToken: text }] })).toEqual(['/tenders/0/cardToken']);
  });

  it('is found where an amount should be', () => {
    expect(pointersIn({ totalMinor: 4111111111111111 })).toEqual(['/totalMinor']);
  });

  it.each([
    ['a UUID', { basketId: '41111111-1111-4111-8111-111111111111' }],
    ['a number that fails the check', { cardToken: '4111111111111112' }],
    ['a GTIN that happens to pass it, as the name of an article', { lines: [{ sku: '4222222222222' }] }],
    ['an amount', { totalMinor: 1_000_000_000_000 }],
  ])('is not seen in %s', (_, body) => {
    expect(pointersIn(body)).toBe('none');
  });
});
