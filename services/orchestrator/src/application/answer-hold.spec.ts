import { inventory } from '@checkout/contracts';
import { InvalidMessage } from '@checkout/messaging';
import { ofSale } from '../domain/start-message.ts';
import { aSale, Desk } from '../testing.ts';
import { AnswerHold } from './answer-hold.ts';
import { ContinueCheckout } from './continue-checkout.ts';
import { StartCheckout } from './start-checkout.ts';

const { request, start, reserved, declined, released } = aSale();
const overdue = inventory.StockHoldOverdue(ofSale(start));
const after = (...replies: readonly (typeof reserved | typeof declined | typeof released)[]): Desk => {
  const desk = new Desk();
  desk.handle(new StartCheckout(), request);
  for (const reply of replies) desk.handle(new ContinueCheckout(), reply);
  return desk;
};

describe('goods that are set aside for long', () => {
  it('stay so while the sale is under way: it may be paid for already', () => {
    expect(after(reserved).handle(new AnswerHold(), overdue)).toEqual({});
  });

  it('are released again when the sale was called off and its release was lost', () => {
    expect(after(reserved, declined, released).handle(new AnswerHold(), overdue).messages).toEqual([inventory.ReleaseStock(ofSale(start))]);
  });

  it('of a sale that nobody knows are for a person', () => {
    expect(() => new Desk().handle(new AnswerHold(), overdue)).toThrow(InvalidMessage);
  });
});
