import { browserPath } from './browser.ts';
import { atTheCounter } from './harness.ts';
import { article } from './shop.ts';

const tea = article('TEA-01');

atTheCounter('a till whose services are at other addresses than its site', browserPath, (shop) => {
  it('sells, shows each step, and has the store\'s receipt: at the services\' own addresses', async () => {
    const counter = await shop().counter();
    const called = new Map<string, Set<string>>();
    counter.page.on('request', (request) => {
      const { origin } = new URL(request.url());
      called.set(origin, (called.get(origin) ?? new Set()).add(new URL(request.url()).pathname.replaceAll(/[0-9a-f-]{36}/g, 'id')));
    });
    // A stream that the till has left is aborted; an answer that the browser kept from it has failed.
    const keptFrom: string[] = [];
    counter.page.on('requestfailed', (request) => void (request.failure()?.errorText === 'net::ERR_ABORTED' || keptFrom.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`)));
    await counter.scan(tea.barcode);
    await counter.takeCard();
    await counter.pay();
    await counter.says('The sale is done');
    const ending = await shop().ending(await counter.reference());
    expect(ending).toMatchObject({ state: 'completed', totalMinor: tea.unitPriceMinor });
    await counter.says(`Receipt ${ending.receiptNumber}`);
    await counter.says(new RegExp(`Sale ${ending.saleId}`));
    expect(keptFrom).toEqual([]);
    expect([...(called.get(shop().network.url('cart')) ?? [])]).toEqual(expect.arrayContaining(['/v1/checkouts', '/v1/checkouts/id/events']));
    expect([...(called.get(shop().network.url('web')) ?? [])].filter((path) => path.startsWith('/api/'))).toEqual([]);
    await counter.close();
  });

  it('finds its services again after a start without a line to its site', async () => {
    const counter = await shop().counter();
    await counter.page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await counter.page.reload();
    await counter.isReady();
    await shop().network.kill('web');
    await counter.page.reload();
    await counter.isReady();
    await counter.scan(tea.barcode);
    await counter.takeCash('20');
    await counter.pay();
    await counter.says('The sale is done');
    expect((await shop().ending(await counter.reference())).state).toBe('completed');
    await shop().network.restart('web');
    await counter.close();
  });

  it('is the only site that a browser lets call them', async () => {
    const context = await shop().browser.newContext();
    const page = await context.newPage();
    /** What a page can read of the catalogue: the status without leave would be 401. */
    const asks = (headers: Record<string, string>) => page.evaluate(([address, sent]) => fetch(address, { headers: sent }).then(({ status }) => status, () => 'kept from the page'),
      [`${shop().network.url('cart')}/v1/catalogue`, headers] as const);
    await page.goto(`${shop().network.url('web')}/icon.svg`);
    expect([await asks({}), await asks({ 'idempotency-key': 'k' })]).toEqual([401, 401]);
    // The same site by another name: its rules let it call, the services do not let it in.
    await page.goto(`${shop().network.url('web').replace('127.0.0.1', 'localhost')}/icon.svg`);
    expect([await asks({}), await asks({ 'idempotency-key': 'k' })]).toEqual(['kept from the page', 'kept from the page']);
    await context.close();
  });

  it('lets its pages call nobody else', async () => {
    const context = await shop().browser.newContext();
    const page = await context.newPage();
    await page.goto(`${shop().network.url('web')}/icon.svg`);
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    expect(await page.evaluate((address) => fetch(address).then(() => 'called', () => 'kept in'), `${shop().network.url('payment')}/health/live`)).toBe('kept in');
    expect(said.join()).toMatch(/Content Security Policy/);
    await context.close();
  });
}, { isTillApart: true });
