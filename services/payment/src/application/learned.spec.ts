import { card, contradiction, done, shop, silence } from '../testing.ts';

describe('the trail of a payment', () => {
  it('is empty when all went the usual way', () => {
    expect(shop().authorize(card(598)).answer(1, done()).capture().answer(1, done()).trail).toEqual([]);
  });

  it('says what was asked and learned when it did not', () => {
    const till = shop().authorize(card(598)).answer(1, silence).overdue(1).answer(1, done());
    expect(till.trail).toEqual(['1 provider in-doubt: authorize, request 1: time-out', '1 provider settled: authorize, request 2: done']);
  });

  it('says who was called, and that nobody is needed any more', () => {
    const till = shop().authorize(card(598)).answer(1, contradiction).void().answer(1, done());
    expect(till.trail).toEqual([
      '1 provider contradicted: authorize, request 1: another amount',
      '- resolver attention-needed: provider-contradiction',
      '- resolver attention-over: provider-contradiction',
    ]);
  });

  it('does not grow without end while the provider is silent', () => {
    const till = shop().authorize(card(598)).answer(1, done()).capture();
    for (let attempt = 0; attempt < 600; attempt += 1) till.answer(1, silence).overdue(1);
    expect(till.payment).toMatchObject({ state: 'capturing', attention: 'unresolved' });
    expect(till.trail.length).toBeLessThan(30);
  });
});
