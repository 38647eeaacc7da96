import type { http } from '@checkout/contracts';
import { browserPath } from './browser.ts';
import { atTheCounter } from './harness.ts';
import { article } from './shop.ts';

const tea = article('TEA-01');
const pounds = (minor: number): string => (minor / 100).toFixed(2);

atTheCounter('a shift', browserPath, (shop) => {
  /** As the back office reads it. */
  const shiftsOf = async (): Promise<readonly { readonly shiftId: string; readonly tillId: string; readonly state: string }[]> =>
    (await shop().office.call<{ shifts: { shiftId: string; tillId: string; state: string }[] }>('GET', `${shop().network.url('receipt')}/v1/shifts`)).body.shifts;
  const shift = async (shiftId: string) => (await shop().office.call<http.ShiftView>('GET', `${shop().network.url('receipt')}/v1/shifts/${shiftId}`)).body;

  it('is opened with a float, moves cash, shows how it stands, and is closed with a count; the back end has the same figures', async () => {
    const counter = await shop().counter();
    await counter.openShift('100');
    await counter.show('Sell');
    const cash = await counter.sellForCash(tea.barcode);
    await shop().ending(cash);
    await counter.scan(tea.barcode);
    await counter.takeCard();
    await counter.pay();
    await counter.says('The sale is done');
    await shop().ending(await counter.reference());
    await counter.next();

    await counter.show('Shift');
    await counter.field('Amount').fill('20');
    await counter.button('Cash out').click();
    await counter.says('Say what it is for.');
    await counter.field('Reason').fill('window cleaner');
    await counter.button('Cash out').click();
    const expected = pounds(10_000 + tea.unitPriceMinor - 2_000);
    await counter.says(`Expected: £${expected}`);
    const interim = await counter.paper('X REPORT (interim)');
    expect([/Sales \(2\)/, /Cash \(1\)/, /Card \(1\)/, /Cash out +-20\.00/, new RegExp(`Expected GBP +${expected}`)].map((form) => form.test(interim))).toEqual([true, true, true, true, true]);

    await counter.closeShift(pounds(10_000 + tea.unitPriceMinor - 2_000 - 5));
    await counter.says('The back end has it.');
    const report = await counter.paper('Z REPORT (final)');
    expect([/Report of this till +1/, /Report of the store +Z-\d{6}/, /Difference +-0\.05/].map((form) => form.test(report))).toEqual([true, true, true]);
    const [newest] = await shiftsOf();
    expect(await shift(newest?.shiftId ?? '')).toMatchObject({
      state: 'closed', flags: [], differenceMinor: -5, carriedOver: [],
      figures: { sales: 2, grossMinor: 2 * tea.unitPriceMinor, cashOutMinor: 2_000, expectedCashMinor: 10_000 + tea.unitPriceMinor - 2_000 },
    });
    await counter.close();
  });

  it('closes without a line, names what it carries over, and the back end follows it up when the line is back', async () => {
    const counter = await shop().counter({ serviceWorkers: 'block' }, 'LEEDS-01-T2');
    await counter.context.route('**/api/{cart,receipt}/**', (route) => route.abort());
    await counter.openShift('50');
    await counter.show('Sell');
    const reference = await counter.sellForCash(tea.barcode);
    await counter.show('Shift');
    await counter.says('1 sale is not finished');
    await counter.closeShift(pounds(5_000 + tea.unitPriceMinor));
    await counter.says('It is kept at this till and sent by itself when the back end answers.');
    const report = await counter.paper('Z REPORT (final)');
    expect([/1 sale is not finished/, /LEEDS-01-T2-000001 +/, /to be sent/, /Difference +0\.00/].map((form) => form.test(report))).toEqual([true, true, true, true]);
    expect((await shiftsOf()).some(({ tillId }) => tillId === 'LEEDS-01-T2')).toBe(false);

    await counter.context.unroute('**/api/{cart,receipt}/**');
    expect((await shop().ending(reference)).state).toBe('completed');
    await counter.says('The back end has it.');
    const told = (await shiftsOf()).find(({ tillId }) => tillId === 'LEEDS-01-T2');
    expect(await shift(told?.shiftId ?? '')).toMatchObject({ state: 'closed', flags: [], figures: { sales: 1 }, differenceMinor: 0, carriedOver: [{ commandId: reference, why: 'unsent', hasArrived: true }] });
    await counter.close();
  });

  it('counts notes and coins, and is there again after a reload', async () => {
    const counter = await shop().counter();
    await counter.openShift('30');
    await counter.page.reload();
    await counter.isReady();
    await counter.show('Shift');
    await counter.page.getByRole('switch', { name: 'Count by notes and coins' }).click({ force: true });
    await counter.field('£20.00').fill('1');
    await counter.field('£5.00').fill('2');
    await counter.says('Difference: £0.00');
    await counter.button('Close shift').click();
    await counter.says('The shift is closed');
    expect(await counter.paper('Z REPORT (final)')).toMatch(/1 x 20\.00 +20\.00\n +2 x 5\.00 +10\.00\n/);
    await counter.close();
  });
});
