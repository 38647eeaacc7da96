import { aStore, tea } from '../testing.ts';
import { oldestMs, RecentCatalogue } from './recent-catalogue.ts';

describe('the recent catalogue', () => {
  let now = 0;
  const recent = () => new RecentCatalogue(() => now);

  it('gives what was read lately, for two seconds from when the read began', () => {
    const catalogue = recent();
    now = 1_000;
    catalogue.keepProduct('acme/TEA-80', tea, 900);
    now = 900 + oldestMs;
    expect(catalogue.product('acme/TEA-80')).toEqual(tea);
    now += 1;
    expect(catalogue.product('acme/TEA-80')).toBeUndefined();
  });

  it('forgets at once what was saved here', () => {
    const catalogue = recent();
    catalogue.keepStore('acme/LEEDS-01', aStore(), now);
    catalogue.forgetStores(['acme/LEEDS-01']);
    expect(catalogue.store('acme/LEEDS-01')).toBeUndefined();
  });

  it('keeps a bounded number of products, the latest', () => {
    const catalogue = recent();
    for (let index = 0; index <= 20_000; index += 1) catalogue.keepProduct(`acme/${index}`, tea, now);
    expect(catalogue.product('acme/0')).toBeUndefined();
    expect(catalogue.product('acme/20000')).toEqual(tea);
  });
});
