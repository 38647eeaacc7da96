import { browserPath } from './browser.ts';
import type { Counter } from './counter.ts';
import { atTheCounter } from './harness.ts';
import { article } from './shop.ts';

const tea = article('TEA-01');
const pounds = (minor: number): string => `£${(minor / 100).toFixed(2)}`;

/** Two teas by card. @returns the receipt's number */
async function sellTwoTeas(counter: Counter): Promise<string> {
  await counter.scan(tea.barcode);
  await counter.scan(tea.barcode);
  await counter.takeCard();
  await counter.pay();
  await counter.says('The sale is done');
  const number = /Receipt (S-\d{6})/.exec(await counter.receipt())?.[1] ?? '';
  await counter.next();
  return number;
}

async function choose(counter: Counter, pieces: number): Promise<void> {
  await counter.field(`Quantity of ${tea.description}`).fill(String(pieces));
  await counter.field('Reason').fill('Too weak');
}

/** The button says how much. */
const refund = (counter: Counter, pieces: number): Promise<void> => counter.button(`Refund ${pounds(pieces * tea.unitPriceMinor)}`).click();

/** Looks the sale up by its number. */
async function chooseFrom(counter: Counter, number: string, pieces: number): Promise<void> {
  await counter.show('Refund');
  await counter.lookUp(number);
  await counter.says('2 sold');
  await choose(counter, pieces);
}

atTheCounter('a refund at the till', browserPath, (shop) => {
  it('of a line of one of the last sales goes back to the card, on the shelf, and has a credit note', async () => {
    const counter = await shop().counter();
    const number = await sellTwoTeas(counter);
    const before = await shop().stockOf(tea.sku);
    await counter.show('Sales');
    await counter.button(`Refund ${number}`).click();
    await counter.says('2 sold');
    await choose(counter, 1);
    await counter.says(`To the card: ${pounds(tea.unitPriceMinor)}`);
    await refund(counter, 1);

    await counter.says('The money goes back to the card');
    await counter.says('Money: it goes back');
    await counter.says(/Credit note C-\d{6}/);
    await counter.says(`For receipt ${number}`);
    expect(await shop().stockOf(tea.sku)).toBe(before + 1);
    await counter.button('Next customer').click();
    await counter.close();
  });

  it('is found by the receipt\'s number, written off, given in cash, and never more than is left', async () => {
    const counter = await shop().counter();
    const number = await sellTwoTeas(counter);
    await chooseFrom(counter, number, 2);
    await counter.page.getByText('Write off').click();
    await counter.page.getByText('In cash').click();
    await refund(counter, 2);
    await counter.says('The refund is done');
    await counter.says(`Hand over: ${pounds(2 * tea.unitPriceMinor)}`);
    await counter.button('Next customer').click();

    await counter.lookUp(number);
    await counter.says('0 of 2 left');
    expect(await counter.field(`Quantity of ${tea.description}`).isDisabled()).toBe(true);
    await counter.close();
  });

  it('in cash is taken out of the drawer of the shift', async () => {
    const counter = await shop().counter();
    await counter.openShift('100');
    await counter.show('Sell');
    const number = await sellTwoTeas(counter);
    await chooseFrom(counter, number, 1);
    await counter.page.getByText('In cash').click();
    await refund(counter, 1);
    await counter.says('The refund is done');
    await counter.show('Shift');
    await counter.closeShift(((10_000 - tea.unitPriceMinor) / 100).toFixed(2));
    await counter.says(/Difference\s+0\.00/);
    await counter.close();
  });

  it('says what is wrong with a number, and that it needs the back end when that does not answer', async () => {
    const counter = await shop().counter();
    await counter.show('Refund');
    await counter.lookUp('tea');
    await counter.says('This is no receipt number');
    await counter.lookUp('999999');
    await counter.says('There is no such sale to refund');
    await counter.context.setOffline(true);
    await counter.button('Look up').click();
    await counter.says('A refund needs the back end, and it does not answer');
    await counter.context.setOffline(false);
    await counter.close();
  });

  it('whose answer is lost says not to refund again, asks by itself, and is one refund', async () => {
    const counter = await shop().counter();
    const number = await sellTwoTeas(counter);
    await chooseFrom(counter, number, 1);
    // The back end hears the first request, and its answer does not come through.
    let lost = 0;
    await counter.page.route('**/api/receipt/v1/refunds', async (route) => {
      if (lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort();
    });
    await refund(counter, 1);
    await counter.says('Do not refund again, checking');
    await counter.says('The money goes back to the card');
    await counter.button('Next customer').click();
    await counter.lookUp(number);
    await counter.says('1 of 2 left');
    await counter.close();
  });
});
