import { browserPath } from './browser.ts';
import { atTheCounter } from './harness.ts';
import { article } from './shop.ts';

const tea = article('TEA-01');
const cola = article('SOF-01');
const pounds = (minor: number): string => `£${(minor / 100).toFixed(2)}`;

atTheCounter('baskets that are parked', browserPath, (shop) => {
  it('are taken up at another till, once, and sold there', async () => {
    const [first, second] = [await shop().counter(), await shop().counter({}, 'LEEDS-01-T2')];
    await first.scan(tea.barcode);
    await first.scan(cola.barcode);
    await first.park('red scarf');
    await first.says(/Parked under number \d+/);
    await first.says('Nothing scanned yet');

    await second.takeUp(/^Take up \d+ · red scarf/);
    await second.page.getByRole('textbox', { name: `Quantity of ${tea.description}` }).waitFor();
    expect(await second.total()).toBe(pounds(tea.unitPriceMinor + cola.unitPriceMinor));
    await second.button('Exact').click();
    await second.pay();
    await second.says('The sale is done');
    expect(await shop().ending(await second.reference())).toMatchObject({ state: 'completed', totalMinor: tea.unitPriceMinor + cola.unitPriceMinor });
    await first.page.getByRole('button', { name: /^Parked baskets/ }).click();
    await first.says('No basket waits.');
    await Promise.all([first.close(), second.close()]);
  });

  it('go to one of two tills that press at the same time, and the other is told who has it', async () => {
    const [first, second] = [await shop().counter(), await shop().counter({}, 'LEEDS-01-T2')];
    await first.scan(tea.barcode);
    await first.park('both');
    await first.says(/Parked under number/);
    for (const counter of [first, second]) {
      await counter.page.getByRole('button', { name: /^Parked baskets/ }).click();
      await counter.page.getByRole('button', { name: /^Take up \d+ · both/ }).waitFor();
    }
    await Promise.all([first, second].map((counter) => counter.page.getByRole('button', { name: /^Take up \d+ · both/ }).click()));
    const took = (counter: typeof first) => counter.page.getByRole('textbox', { name: `Quantity of ${tea.description}` }).waitFor().then(() => 'has it');
    const told = (counter: typeof first) => counter.page.getByText(/LEEDS-01-T[12] took this basket up at/).waitFor().then(() => 'is told');
    const outcomes = await Promise.all([first, second].map((counter) => Promise.race([took(counter), told(counter)])));
    expect(outcomes.sort()).toEqual(['has it', 'is told']);
    await Promise.all([first.close(), second.close()]);
  });

  it('are looked at anew when they are taken up: what costs more by now is said', async () => {
    const milk = article('MIL-01');
    const [first, second] = [await shop().counter(), await shop().counter({}, 'LEEDS-01-T2')];
    await first.scan(milk.barcode);
    await first.park('');
    await first.says(/Parked under number/);
    await shop().office.call('PUT', `${shop().network.url('cart')}/v1/products`, { products: [{ ...milk, taxRateBp: 0, unitPriceMinor: milk.unitPriceMinor + 50 }] });
    await second.page.waitForTimeout(2_500);
    await second.page.reload();
    await second.isReady();
    await second.page.waitForTimeout(1_000);
    await second.takeUp(/^Take up/);
    await second.says(`Prices have changed. The total was ${pounds(milk.unitPriceMinor)} and is now ${pounds(milk.unitPriceMinor + 50)}.`);
    await Promise.all([first.close(), second.close()]);
  });

  it('stay at their till while there is no line, which is said, and are taken up there', async () => {
    const counter = await shop().counter({ serviceWorkers: 'block' });
    await counter.context.route('**/api/cart/v1/parked-sales**', (route) => route.abort());
    await counter.scan(tea.barcode);
    await counter.park('no line');
    await counter.says('The basket is parked at this till alone, and other tills do not see it.');
    await counter.page.reload();
    await counter.isReady();
    await counter.takeUp('Take up no line');
    await counter.page.getByRole('textbox', { name: `Quantity of ${tea.description}` }).waitFor();
    expect(await counter.total()).toBe(pounds(tea.unitPriceMinor));
    await counter.close();
  });
});
