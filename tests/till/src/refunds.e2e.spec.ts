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

async function choose(counter: Counter, pieces: string, reason = 'Too weak'): Promise<void> {
  await counter.field(`Quantity of ${tea.description}`).fill(pieces);
  await counter.field('Reason').fill(reason);
}

atTheCounter('a refund at the till', browserPath, (shop) => {
  it('of a line of one of the last sales goes back to the card, on the shelf, and has a credit note', async () => {
    const counter = await shop().counter();
    const number = await sellTwoTeas(counter);
    const before = await shop().stockOf(tea.sku);
    await counter.show('Sales');
    await counter.button(`Refund ${number}`).click();
    await counter.says('2 sold');
    await choose(counter, '1');
    await counter.says(`To the card: ${pounds(tea.unitPriceMinor)}`);
    await counter.button(`Refund ${pounds(tea.unitPriceMinor)}`).click();

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
    await counter.show('Refund');
    await counter.field('Receipt number').fill(number);
    await counter.button('Look up').click();
    await counter.says('2 sold');
    await choose(counter, '2');
    await counter.page.getByText('Write off').click();
    await counter.page.getByText('In cash').click();
    await counter.button(`Refund ${pounds(2 * tea.unitPriceMinor)}`).click();
    await counter.says('The refund is done');
    await counter.says(`Hand over: ${pounds(2 * tea.unitPriceMinor)}`);
    await counter.button('Next customer').click();

    await counter.field('Receipt number').fill(number);
    await counter.button('Look up').click();
    await counter.says('0 of 2 left');
    expect(await counter.field(`Quantity of ${tea.description}`).isDisabled()).toBe(true);
    await counter.close();
  });

  it('in cash is taken out of the drawer of the shift', async () => {
    const counter = await shop().counter();
    await counter.show('Shift');
    await counter.field('Float').fill('100');
    await counter.button('Open shift').click();
    await counter.page.getByRole('region', { name: 'Close shift' }).waitFor();
    await counter.show('Sell');
    const number = await sellTwoTeas(counter);
    await counter.show('Refund');
    await counter.field('Receipt number').fill(number);
    await counter.button('Look up').click();
    await counter.says('2 sold');
    await choose(counter, '1');
    await counter.page.getByText('In cash').click();
    await counter.button(`Refund ${pounds(tea.unitPriceMinor)}`).click();
    await counter.says('The refund is done');
    await counter.show('Shift');
    await counter.field('Counted').fill(((10_000 - tea.unitPriceMinor) / 100).toFixed(2));
    await counter.button('Close shift').click();
    await counter.says('The shift is closed');
    await counter.says(/Difference\s+0\.00/);
    await counter.close();
  });

  it('says what is wrong with a number, and that it needs the back end when that does not answer', async () => {
    const counter = await shop().counter();
    await counter.show('Refund');
    await counter.field('Receipt number').fill('tea');
    await counter.button('Look up').click();
    await counter.says('This is no receipt number');
    await counter.field('Receipt number').fill('999999');
    await counter.button('Look up').click();
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
    await counter.show('Refund');
    await counter.field('Receipt number').fill(number);
    await counter.button('Look up').click();
    await counter.says('2 sold');
    await choose(counter, '1');
    // The back end hears the first request, and its answer does not come through.
    let lost = 0;
    await counter.page.route('**/api/receipt/v1/refunds', async (route) => {
      if (lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort();
    });
    await counter.button(`Refund ${pounds(tea.unitPriceMinor)}`).click();
    await counter.says('Do not refund again, checking');
    await counter.says('The money goes back to the card');
    await counter.button('Next customer').click();
    await counter.field('Receipt number').fill(number);
    await counter.button('Look up').click();
    await counter.says('1 of 2 left');
    await counter.close();
  });
});
