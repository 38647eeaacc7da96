import { browserPath } from './browser.ts';
import { faintTexts } from './contrast.ts';
import type { Counter } from './counter.ts';
import { atTheCounter } from './harness.ts';
import { layoutFaults } from './layout.ts';
import { article } from './shop.ts';

const tea = article('TEA-01');

/** Every screen once, in the state in which it shows most, and then what is looked at. */
async function onEveryScreen(counter: Counter, look: (screen: string) => Promise<void>): Promise<void> {
  await counter.show('Shift');
  await look('shift to be opened');
  await counter.openShift('100');
  await look('shift');
  await counter.show('Sell');
  await counter.field('Scan or search').fill('tea');
  await look('search');
  await counter.field('Scan or search').fill('');
  await counter.scan(tea.barcode);
  await counter.takeCash('1');
  await look('basket');
  await counter.button(/^Take back Cash/).click();
  await counter.scan('9999999999994');
  await look('notice');
  await counter.button('Exact').click();
  await counter.pay();
  await counter.says('The sale is done');
  await look('done');
  await counter.next();
  await counter.context.route('**/api/cart/v1/checkouts', (route) => route.abort());
  await counter.scan(tea.barcode);
  await counter.button('Exact').click();
  await counter.pay();
  await counter.says('The sale is kept at this till');
  await look('kept');
  await counter.next();
  await counter.show('Sales');
  await look('sales');
  await counter.show('Shift');
  await counter.says('1 sale is not finished');
  await look('shift with a sale to carry over');
  await counter.closeShift('100');
  await look('shift closed');
}

atTheCounter('a till that everybody can use', browserPath, (shop) => {
  it('writes every text with the contrast that people need', async () => {
    const counter = await shop().counter();
    const faint: unknown[] = [];
    await onEveryScreen(counter, async (screen) => {
      await counter.page.waitForTimeout(400);
      faint.push(...(await faintTexts(counter.page)).map((text) => ({ screen, ...text })));
    });
    expect(faint).toEqual([]);
    await counter.close();
  });

  it('has every control in reach and no text cut off at 200 %, in both languages', async () => {
    // Half of 1280 by 900: what a browser leaves of a till's screen when it shows everything twice as large.
    const counter = await shop().counter({ viewport: { width: 640, height: 450 } });
    const faults: unknown[] = [];
    await onEveryScreen(counter, async (screen) => {
      for (const language of ['English', 'Deutsch']) {
        await counter.page.getByText(language, { exact: true }).click();
        await counter.page.waitForTimeout(300);
        faults.push(...(await layoutFaults(counter.page)).map((fault) => `${screen}, ${language}: ${fault}`));
      }
      await counter.page.getByText('English', { exact: true }).click();
    });
    expect(faults).toEqual([]);
    await counter.close();
  });

  it('sees what is wide, cut off or covered, when something is', async () => {
    const counter = await shop().counter({ viewport: { width: 640, height: 450 } });
    await counter.scan(tea.barcode);
    await counter.page.addStyleTag({ content: 'main section { min-width: 900px } button .mantine-Button-label { max-width: 20px; overflow: hidden }' });
    const faults = (await layoutFaults(counter.page)).join('\n');
    expect([/wider than the screen/, /is cut off/, /is covered by/].map((form) => form.test(faults))).toEqual([true, true, false]);
    await counter.page.addStyleTag({ content: 'body::after { content: ""; position: fixed; inset: 0; z-index: 9999 }' });
    expect((await layoutFaults(counter.page)).join('\n')).toMatch(/is covered by/);
    await counter.close();
  });

  it('leads the keyboard through what can be done, in the order in which it is read, and shows where it is', async () => {
    const counter = await shop().counter();
    await counter.scan(tea.barcode);
    await counter.field('Scan or search').focus();
    const visited: string[] = [];
    for (let press = 0; press < 14; press += 1) {
      visited.push(await counter.page.evaluate<string>(`(() => {
        const at = document.activeElement;
        const style = getComputedStyle(at);
        const parent = getComputedStyle(at.parentElement);
        const isSeen = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || style.borderColor !== getComputedStyle(at.cloneNode()).borderColor || parent.outlineStyle !== 'none';
        return (at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent).trim() + (isSeen ? '' : ' (focus not seen)');
      })()`));
      await counter.page.keyboard.press('Tab');
    }
    expect(visited.filter((name) => name.includes('not seen'))).toEqual([]);
    const order = ['Scan or search', 'Park basket', `Quantity of ${tea.description}`, `Void ${tea.description}`, 'Void sale', 'Cash handed over', 'Take cash', 'Exact'];
    expect(visited.filter((name) => order.includes(name))).toEqual(order);
    await counter.close();
  });

  it('says aloud what happens: notices at once, connection and amounts politely', async () => {
    const counter = await shop().counter();
    await counter.scan('9999999999994');
    await counter.page.getByRole('alert').getByText('Nothing is called').waitFor();
    await counter.page.getByRole('status').getByText('Connected').waitFor();
    await counter.scan(tea.barcode);
    expect(await counter.page.locator('[aria-live=polite]').getByText(/^Due:/).count()).toBe(1);
    await counter.button('Exact').click();
    await counter.pay();
    await counter.page.getByRole('status').getByText('The sale is done').waitFor();
    await counter.close();
  });
});
