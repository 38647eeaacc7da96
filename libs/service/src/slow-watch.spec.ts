import { ManualTiming } from '@checkout/resilience/testing';
import { SlowWatch } from './slow-watch.ts';

function given() {
  const timing = new ManualTiming();
  const partner = { name: 'payment/provider', isSluggish: false, policy: { sluggishMs: 1_500 } };
  const told: string[] = [];
  const watch = new SlowWatch(() => [partner], {
    dependencySlowed: (dependency, expectedMs) => void told.push(`${dependency} takes more than ${expectedMs} ms`),
    dependencyQuickened: (dependency, afterMs) => void told.push(`${dependency} is quick again after ${afterMs} ms`),
  }, timing);
  watch.start();
  return { timing, partner, told, watch };
}

test('a partner that answers slowly is told of once, and once that it is quick again', async () => {
  const { timing, partner, told } = given();
  partner.isSluggish = true;
  await timing.advance(30_000);
  partner.isSluggish = false;
  await timing.advance(30_000);
  expect(told).toEqual(['payment/provider takes more than 1500 ms', 'payment/provider is quick again after 33000 ms']);
});

test('one slow second is nobody’s news, nor is one quick one', async () => {
  const { timing, partner, told } = given();
  partner.isSluggish = true;
  await timing.advance(1_000);
  partner.isSluggish = false;
  await timing.advance(3_000);
  expect(told).toEqual([]);
  partner.isSluggish = true;
  await timing.advance(3_000);
  partner.isSluggish = false;
  await timing.advance(2_000);
  partner.isSluggish = true;
  await timing.advance(10_000);
  expect(told).toHaveLength(1);
});

test('a process that ends looks no more', async () => {
  const { timing, partner, told, watch } = given();
  watch.stop();
  partner.isSluggish = true;
  await timing.advance(10_000);
  expect(told).toEqual([]);
});
