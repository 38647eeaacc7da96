import { seconds } from '@checkout/kernel';
import { authorizedSale, card, cash, declined, done, sale, shop, silence } from '../testing.ts';

const subject = `${sale.saleId}:1`;
const told = ({ alarms }: ReturnType<typeof shop>) => alarms.splice(0).filter(({ type }) => type.startsWith('operations.outcome-')).map(({ type, body }) => ({ type, ...(body as object) }));
const unknownOf = (operation: string) => expect.objectContaining({ type: 'operations.outcome-unknown.v1', service: 'payment', kind: 'payment', subject, cause: `${operation}: no answer from the provider` });
const resolvedAs = (outcome: string, afterMs = 0) => expect.objectContaining({ type: 'operations.outcome-resolved.v1', service: 'payment', kind: 'payment', subject, outcome, afterMs });

describe('what operators are told of outcomes that nobody knows', () => {
  it('is nothing while the provider answers, whatever it says', () => {
    expect(told(shop().authorize(card(598), cash(50)).answer(1, declined('expired_card')))).toEqual([]);
    expect(told(authorizedSale(card(598)).capture().answer(1, done('auth_1')))).toEqual([]);
    expect(told(authorizedSale(card(598)).void().answer(1, done('auth_1')))).toEqual([]);
  });

  it.each([['done', done('auth_1')], ['not-done', declined('expired_card')]])('is that an answer has not come, once, and then that it was %s, and after how long', (outcome, answer) => {
    const till = shop().authorize(card(598)).answer(1, silence);
    expect(told(till)).toEqual([unknownOf('authorize')]);
    expect(told(till.overdue(1).answer(1, silence))).toEqual([]);
    till.now += seconds(30);
    expect(told(till.overdue(1).answer(1, answer))).toEqual([resolvedAs(outcome, 30_000)]);
  });

  it('holds for captures as well', () => {
    const till = authorizedSale(card(598)).capture().answer(1, silence);
    expect(told(till)).toEqual([unknownOf('capture')]);
    expect(told(till.overdue(1).answer(1, done('auth_1')))).toEqual([resolvedAs('done')]);
  });

  it('of an authorization that is given up is not over before its void is confirmed', () => {
    const till = shop().authorize(card(598)).answer(1, silence);
    expect(told(till.void())).toEqual([unknownOf('authorize')]);
    till.now += seconds(90);
    expect(told(till.answer(1, done(null)))).toEqual([resolvedAs('not-done', 90_000)]);
  });

  it('of a void of money that was held is that it was given back', () => {
    const till = authorizedSale(card(598)).void().answer(1, silence);
    expect(told(till)).toEqual([unknownOf('void')]);
    expect(told(till.overdue(1).answer(1, done('auth_1')))).toEqual([resolvedAs('done')]);
  });
});
