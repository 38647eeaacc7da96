import { Network, products, quietLog, seed, TemporaryDirectory, Till } from '@checkout/local-network';
import { smokeSale, type SmokeOptions } from './smoke-sale.ts';

let network: Network;
let stateDirectory: TemporaryDirectory;
let options: SmokeOptions;
beforeAll(async () => {
  stateDirectory = new TemporaryDirectory('checkout-smoke-');
  network = await Network.create({ stateDirectory: stateDirectory.path, ports: 'free', log: quietLog(50).log, environment: { LOG_LEVEL: 'warn' } });
  await seed(network);
  const tea = products.find(({ sku }) => sku === 'TEA-01');
  const { token } = await Till.signIn(network, 'LEEDS-01-T1');
  options = { frontDoorUrl: network.url('cart'), token, sku: 'TEA-01', priceMinor: tea?.unitPriceMinor ?? 0, currency: 'GBP' };
}, 90_000);
afterAll(async () => {
  await network?.stop();
  stateDirectory?.[Symbol.dispose]();
});

it('is a sale when the system sells', async () => {
  expect(await smokeSale(options)).toContain('"completed"');
}, 60_000);

it('fails when the system sells something else than it is asked for', async () => {
  await expect(smokeSale({ ...options, priceMinor: options.priceMinor + 1 })).rejects.toThrow(/did not end as a sale/);
}, 60_000);

it('fails when nobody is there, after a time', async () => {
  await expect(smokeSale({ ...options, frontDoorUrl: 'http://127.0.0.1:9', limitMs: 2_000 })).rejects.toThrow(/did not end as a sale/);
}, 60_000);
